using System.Globalization;
using System.Text.Json;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Networking.Addresses;
using Cumulet.ControlPlane.Networking.Quotas;
using Cumulet.ControlPlane.Networking.Resources;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Networking.SecurityGroups;

/// <summary>Everything a rule must satisfy, in the order in which Neutron looks.</summary>
internal static class CreateSecurityGroupRule
{
    private const string PortProtocols = "dccp, sctp, tcp, udp, udplite";

    /// <summary>The group's owner decides.</summary>
    public static PolicyTarget Target(Creation creation)
    {
        var group = Group(creation);
        var target = PolicyTarget.OwnedBy(creation.ProjectId);
        target["security_group:project_id"] = group.ProjectId;
        target["security_group:tenant_id"] = group.ProjectId;
        return target;
    }

    private static SecurityGroupRecord Group(Creation creation)
    {
        var id = creation.Text("security_group_id");
        return SecurityGroupStore.Find(creation.Tx, creation.Caller, id) ?? throw NetworkFault.SecurityGroupNotFound(id);
    }

    public static SecurityGroupRuleRecord Run(Creation creation)
    {
        var tx = creation.Tx;
        var group = Group(creation);
        QuotaStore.Claim(tx, creation.ProjectId, "security_group_rule");
        var rule = Checked(creation, group);
        RefuseTwin(tx, rule);
        SecurityGroupStore.InsertRule(tx, rule);
        SecurityGroupStore.Touch(tx, group.Id, creation.Now);
        return rule;
    }

    /// <summary>What the body asks for, of a group or, without one, as a default of all.</summary>
    public static SecurityGroupRuleRecord Checked(Creation creation, SecurityGroupRecord? group)
    {
        var body = creation.Body;
        var prefix = body.GetText("remote_ip_prefix");
        var ethertype = Ethertype(body.GetText("ethertype") ?? "IPv4");
        var rule = new SecurityGroupRuleRecord
        {
            Id = creation.NewId,
            ProjectId = group?.ProjectId ?? "",
            SecurityGroupId = group?.Id ?? "",
            Direction = creation.Text("direction"),
            Ethertype = ethertype,
            Protocol = Protocol(body),
            PortRangeMin = Port(body, "port_range_min"),
            PortRangeMax = Port(body, "port_range_max"),
            RemoteIpPrefix = prefix is null ? null : Prefix(prefix, ethertype),
            RemoteGroupId = body.GetText("remote_group_id"),
            RemoteAddressGroupId = body.GetText("remote_address_group_id"),
            Description = creation.Text("description"),
            CreatedAt = creation.Now,
            UpdatedAt = creation.Now,
            BelongsToDefaultGroup = group?.IsDefault ?? false,
        };
        CheckRemote(creation, rule);
        CheckProtocol(rule);
        return rule;
    }

    private static string Ethertype(string text) => text.ToLowerInvariant() switch
    {
        "ipv4" => "IPv4",
        "ipv6" => "IPv6",
        _ => throw Fault.BadRequest($"Security group rule for ethertype '{text.Truncated()}' not supported. Allowed values are ['IPv4', 'IPv6'].", "SecurityGroupRuleInvalidEtherType"),
    };

    private static string? Protocol(JsonElement body)
    {
        if (body.Get("protocol") is not { } value) return null;
        var text = (value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText()).ToLowerInvariant();
        if (!RuleProtocol.TryNumber(text, out var number))
            throw Fault.BadRequest(
                $"Security group rule protocol {text.Truncated()} not supported. Only protocol values [None, {string.Join(", ", RuleProtocol.Names.Select(n => $"'{n}'"))}] and integer representations [0 to 255] are supported.",
                "SecurityGroupRuleInvalidProtocol");
        return number is null ? null : text;
    }

    private static int? Port(JsonElement body, string name)
    {
        if (body.Get(name) is not { } value) return null;
        var text = value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
        if (text.Length == 0) return null;
        return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var port) && port is >= 0 and <= 65535
            ? port
            : throw Fault.BadRequest($"Invalid value for port {text.Truncated()}", "SecurityGroupInvalidPortValue");
    }

    private static string Prefix(string text, string ethertype)
    {
        var parsed = IpNumber.TryCidr(text, out var cidr, out _);
        if (!parsed && IpNumber.TryAddress(text, out var address))
        {
            text = $"{address}/{IpNumber.Bits(IpNumber.Version(address))}";
            parsed = IpNumber.TryCidr(text, out cidr, out _);
        }
        if (!parsed) throw NetworkFault.Invalid("remote_ip_prefix", $"'{text.Truncated()}' is not a valid IP subnet");
        if ((IpNumber.Version(cidr.BaseAddress) == 4) != (ethertype == "IPv4"))
            throw Fault.BadRequest($"Conflicting value ethertype {ethertype} for CIDR {text}", "SecurityGroupRuleParameterConflict");
        return text;
    }

    private static void CheckRemote(Creation creation, SecurityGroupRuleRecord rule)
    {
        var given = new[] { rule.RemoteIpPrefix, rule.RemoteGroupId, rule.RemoteAddressGroupId }.Count(r => r is not null);
        if (given > 1)
            throw Fault.BadRequest("Only remote_ip_prefix or remote_group_id or remote_address_group_id may be provided.", "SecurityGroupMultipleRemoteEntites");
        if (rule.RemoteGroupId is { } group && (group != DefaultRuleResource.Parent || rule.SecurityGroupId.Length > 0) && SecurityGroupStore.Find(creation.Tx, creation.Caller, group) is null)
            throw NetworkFault.SecurityGroupNotFound(group);
        if (rule.RemoteAddressGroupId is { } addresses
            && AddressGroups.AddressGroupResource.Declared.Find(creation.Tx, creation.Caller, addresses) is null)
            throw AddressGroups.AddressGroupResource.NotFound(addresses);
    }

    private static void CheckProtocol(SecurityGroupRuleRecord rule)
    {
        RuleProtocol.TryNumber(rule.Protocol, out var number);
        var (min, max) = (rule.PortRangeMin, rule.PortRangeMax);
        if (number is null)
        {
            if (min is not null || max is not null)
                throw Fault.BadRequest("Must also specify protocol if port range is given.", "SecurityGroupProtocolRequiredWithPorts");
            return;
        }
        if (rule.Ethertype == "IPv4" && RuleProtocol.IsOnlyIpv6(number.Value))
            throw Fault.BadRequest($"Invalid ethertype {rule.Ethertype} for protocol {rule.Protocol}.", "SecurityGroupEthertypeConflictWithProtocol");
        if (RuleProtocol.IsIcmp(number.Value)) CheckIcmp(min, max);
        else if (RuleProtocol.HasPorts(number.Value)) CheckPorts(min, max);
        else if (min is not null || max is not null)
            throw Fault.BadRequest($"Invalid protocol {rule.Protocol} for port range, only supported for {PortProtocols}.", "SecurityGroupInvalidProtocolForPort");
    }

    private static void CheckIcmp(int? type, int? code)
    {
        foreach (var (field, attribute, value) in (( string, string, int?)[])[("type", "port_range_min", type), ("code", "port_range_max", code)])
            if (value > 255)
                throw Fault.BadRequest($"Invalid value for ICMP {field} ({attribute}) {value}. It must be 0 to 255.", "SecurityGroupInvalidIcmpValue");
        if (type is null && code is not null)
            throw Fault.BadRequest($"ICMP code (port-range-max) {code} is provided but ICMP type (port-range-min) is missing.", "SecurityGroupMissingIcmpType");
    }

    private static void CheckPorts(int? min, int? max)
    {
        if (min is 0 || max is 0) throw Fault.BadRequest("Invalid value for port 0", "SecurityGroupInvalidPortValue");
        if ((min is null) != (max is null) || min > max)
            throw Fault.BadRequest("For TCP/UDP protocols, port_range_min must be <= port_range_max", "SecurityGroupInvalidPortRange");
    }

    // Null compares with null here; a CIDR of everything is the same as none.
    private static void RefuseTwin(Tx tx, SecurityGroupRuleRecord rule)
    {
        var twin = SecurityGroupStore.RulesOf(tx, [rule.SecurityGroupId]).Find(other => Key(other) == Key(rule));
        if (twin is not null)
            throw Fault.Conflict($"Security group rule already exists. Rule id is {twin.Id}.", "SecurityGroupRuleExists");
    }

    private static (string, string, int?, int?, int?, string?, string?, string?) Key(SecurityGroupRuleRecord rule)
    {
        RuleProtocol.TryNumber(rule.Protocol, out var number);
        var prefix = IpNumber.TryCidr(rule.RemoteIpPrefix, out var cidr, out _) && cidr.PrefixLength > 0 ? cidr.ToString() : null;
        return (rule.Direction, rule.Ethertype, number is { } n ? RuleProtocol.On(n, rule.Ethertype) : null, rule.PortRangeMin, rule.PortRangeMax,
            prefix, rule.RemoteGroupId, rule.RemoteAddressGroupId);
    }
}
