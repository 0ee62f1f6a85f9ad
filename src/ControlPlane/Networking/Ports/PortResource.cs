using System.Text.Json;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Networking.Addresses;
using Cumulet.ControlPlane.Networking.Resources;
using Cumulet.ControlPlane.Store;
using Attribute = Cumulet.ControlPlane.Networking.Resources.Attribute;

namespace Cumulet.ControlPlane.Networking.Ports;

/// <summary>Ports as the API knows them.</summary>
internal static class PortResource
{
    private static readonly Check FixedIps = Checks.List(Checks.Object(("subnet_id", false, Checks.OrNull(Checks.Uuid)), ("ip_address", false, Checks.Ip)));

    private static readonly Check Pairs = Checks.List(Checks.Object(("mac_address", false, Checks.OrNull(Checks.Mac)), ("ip_address", true, IpOrCidr)));

    private static readonly Check DhcpOptions = Checks.List(Checks.Object(
        ("opt_name", true, DhcpName), ("opt_value", false, Checks.OrNull(DhcpValue)), ("ip_version", false, Checks.Integer(4, 6))));

    public static readonly Resource<PortRecord> Declared = new()
    {
        Name = "port",
        Collection = "ports",
        Attributes =
        [
            Attribute.ReadOnly("id"), Attribute.ReadOnly("status"), Attribute.ReadOnly("created_at"), Attribute.ReadOnly("updated_at"),
            Attribute.ReadOnly("revision_number"), Attribute.ReadOnly("dns_assignment"), Attribute.ReadOnly("ip_allocation"),
            Attribute.ReadOnly("binding:vif_type"), Attribute.ReadOnly("binding:vif_details"), Attribute.ReadOnly("qos_network_policy_id"),
            Attribute.ReadOnly("resource_request"), Qos.QosUse.Attribute,
            new Attribute("name", Checks.Text()).Or("\"\""),
            new Attribute("description", Checks.Text()).Or("\"\""),
            new Attribute("network_id", Checks.Uuid).Fixed().Must(),
            new Attribute("admin_state_up", Checks.Flag).Or("true"),
            new Attribute("mac_address", Checks.OrNull(Checks.Mac)),
            new Attribute("fixed_ips", Checks.OrNull(FixedIps)),
            new Attribute("device_id", Checks.Text()).Or("\"\""),
            new Attribute("device_owner", Checks.Text()).Or("\"\""),
            new Attribute("security_groups", Checks.OrNull(Checks.List(Checks.Uuid))),
            new Attribute("port_security_enabled", Checks.Flag),
            new Attribute("allowed_address_pairs", Checks.OrNull(Pairs)),
            new Attribute("extra_dhcp_opts", Checks.OrNull(DhcpOptions)),
            new Attribute("binding:host_id", Checks.OrNull(Checks.Text())).Or("\"\""),
            new Attribute("binding:profile", Checks.OrNull(Checks.AnyObject)).Or("{}"),
            new Attribute("binding:vnic_type", Checks.OneOf("normal", "direct", "macvtap", "baremetal", "direct-physical", "virtio-forwarder", "smart-nic", "vdpa", "accelerator-direct", "accelerator-direct-physical", "remote-managed")).Or("\"normal\""),
            new Attribute("dns_name", Checks.Text()).Or("\"\""),
            new Attribute("dns_domain", Checks.Text()).Or("\"\""),
            Attribute.Tags,
            .. Attribute.Ownership,
        ],
        List = new ListQuery
        {
            Select = PortStore.Columns,
            From = "ports p",
            Id = "p.id",
            Filters = NetworkFilters.For("p").Exact("p", "name", "network_id", "qos_policy_id", "mac_address", "status", "device_id", "device_owner", "dns_name", "dns_domain")
                .With("admin_state_up", new Filter.Flag("p.admin_state_up"))
                .With("port_security_enabled", new Filter.Flag("p.port_security_enabled"))
                .With("binding:host_id", new Filter.Exact("p.host"))
                .With("binding:vnic_type", new Filter.Exact("p.vnic_type"))
                .With("ip_allocation", new Filter.Exact("'immediate'"))
                .With("security_groups", new Filter.Custom((values, _) => new Sql().Add(
                    $"EXISTS (SELECT 1 FROM port_security_groups m WHERE m.port_id = p.id AND m.security_group_id IN {values})")))
                .With("fixed_ips", new Filter.Custom((values, _) => FixedIpCondition(values))),
            SortKeys = NetworkFilters.SortKeys("p", "name", "network_id", "mac_address", "device_id", "device_owner", "status")
                .AndBy("p", "admin_state_up", "created_at", "updated_at"),
            MaxLimit = 0,
            ReversePages = true,
        },
        Visible = PortStore.Visible,
        Read = PortStore.Read,
        Complete = (tx, _, ports) => PortStore.Complete(tx, ports),
        Id = p => p.Id,
        Revision = p => p.Revision,
        Target = Target,
        Write = Write,
        NotFound = NetworkFault.PortNotFound,
    };

    private static string? IpOrCidr(JsonElement value)
    {
        var text = value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        return IpNumber.TryAddress(text, out _) || IpNumber.TryCidr(text, out _, out _)
            ? null
            : $"'{Checks.Show(value)}' is not a valid IP address or subnet";
    }

    // What a DHCP server's configuration can carry in one word.
    private static string? DhcpName(JsonElement value) =>
        value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 and <= 64 } name
            && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or ':')
            ? null
            : $"'{Checks.Show(value)}' is not a DHCP option's name: it has letters, digits, '-' and ':'";

    private static string? DhcpValue(JsonElement value) =>
        Checks.NotBlankText(value) ?? (value.GetString()!.Any(char.IsControl) ? $"'{Checks.Show(value)}' has control characters" : null);

    // fixed_ips=subnet_id=X&fixed_ips=ip_address=Y: values of one key are alternatives, different keys narrow.
    private static Sql? FixedIpCondition(IReadOnlyList<string> values)
    {
        var byKey = values.Select(v => v.Split('=', 2)).Where(p => p.Length == 2).ToLookup(p => p[0], p => p[1]);
        if (byKey.Count == 0) throw NetworkFault.Invalid("fixed_ips", "it must be key=value with the key ip_address, ip_address_substr or subnet_id");
        var condition = new Sql().Add($"EXISTS (SELECT 1 FROM ip_allocations a WHERE a.port_id = p.id");
        foreach (var group in byKey)
        {
            switch (group.Key)
            {
                case "ip_address": condition.Add($" AND a.ip_address IN {group.Select(Canonical).ToList()}"); break;
                case "subnet_id": condition.Add($" AND a.subnet_id IN {group.ToList()}"); break;
                case "ip_address_substr":
                    var any = new Sql();
                    foreach (var part in group) any.Add(any.IsEmpty ? Like(part) : new Sql().Add($" OR {Like(part)}"));
                    condition.Add($" AND ({any})");
                    break;
                default: throw NetworkFault.Invalid("fixed_ips", $"'{group.Key}' is not ip_address, ip_address_substr or subnet_id");
            }
        }
        return condition.Add($")");
    }

    private static Sql Like(string part) => new Sql().Add(
        $"a.ip_address LIKE {"%" + part.Replace("\\", "\\\\").Replace("%", "\\%").Replace("_", "\\_") + "%"} ESCAPE '\\'");

    private static string Canonical(string text) => IpNumber.TryAddress(text, out var address) ? address.ToString() : text;

    public static PolicyTarget Target(PortRecord p)
    {
        var target = PolicyTarget.OwnedBy(p.ProjectId);
        target["network:project_id"] = p.NetworkProjectId;
        target["network:tenant_id"] = p.NetworkProjectId;
        target["device_owner"] = p.DeviceOwner;
        return target;
    }

    private static void Write(Shown shown, PortRecord p)
    {
        shown.Text("id", p.Id).Text("name", p.Name).Text("network_id", p.NetworkId).Project(p.ProjectId).Text("mac_address", p.Mac)
            .Flag("admin_state_up", p.AdminStateUp).Text("status", p.Status).Text("device_id", p.DeviceId).Text("device_owner", p.DeviceOwner)
            .Items("fixed_ips", p.FixedIps, WriteFixedIp)
            .Items("allowed_address_pairs", p.AllowedAddressPairs, (json, pair) =>
            {
                json.WriteStartObject();
                json.WriteString("mac_address", pair.Mac);
                json.WriteString("ip_address", pair.Ip);
                json.WriteEndObject();
            })
            .Items("extra_dhcp_opts", p.DhcpOptions, (json, option) =>
            {
                json.WriteStartObject();
                json.WriteString("opt_name", option.Name);
                json.WriteString("opt_value", option.Value);
                json.WriteNumber("ip_version", option.IpVersion);
                json.WriteEndObject();
            })
            .Texts("security_groups", p.SecurityGroupIds).Flag("port_security_enabled", p.PortSecurityEnabled)
            .Text("ip_allocation", p.FixedIps.Count == 0 ? "none" : "immediate")
            .Text("qos_policy_id", p.QosPolicyId).Text("qos_network_policy_id", p.NetworkQosPolicyId)
            // No rule asks the scheduler for anything: those that would cannot be given to a port here.
            .Text("resource_request", null);
        WriteBinding(shown, p);
        shown.Text("dns_name", p.DnsName).Text("dns_domain", p.DnsDomain).Items("dns_assignment", p.FixedIps, (json, address) => WriteAssignment(json, p, address))
            .Standard(p.Description, p.Tags, p.CreatedAt, p.UpdatedAt, p.Revision);
    }

    private static void WriteBinding(Shown shown, PortRecord p)
    {
        shown.Text("binding:vnic_type", p.VnicType).Text("binding:host_id", p.Host)
            .Value("binding:profile", json => json.WriteRawValue(p.BindingProfile))
            .Text("binding:vif_type", p.Host.Length == 0 ? "unbound" : "bridge")
            .Value("binding:vif_details", json =>
            {
                json.WriteStartObject();
                if (p.Host.Length > 0)
                {
                    json.WriteString("connectivity", "l2");
                    json.WriteBoolean("port_filter", true);
                }
                json.WriteEndObject();
            });
    }

    public static void WriteFixedIp(Utf8JsonWriter json, FixedAddress address)
    {
        json.WriteStartObject();
        json.WriteString("subnet_id", address.SubnetId);
        json.WriteString("ip_address", address.Address.ToString());
        json.WriteEndObject();
    }

    private static void WriteAssignment(Utf8JsonWriter json, PortRecord p, FixedAddress address)
    {
        var host = p.DnsName.Length > 0 ? p.DnsName : $"host-{address.Address.ToString().Replace('.', '-').Replace(':', '-')}";
        var domain = p.NetworkDnsDomain.Length > 0 ? p.NetworkDnsDomain : DnsNames.DefaultDomain;
        json.WriteStartObject();
        json.WriteString("ip_address", address.Address.ToString());
        json.WriteString("hostname", host);
        json.WriteString("fqdn", $"{host}.{domain.TrimEnd('.')}.");
        json.WriteEndObject();
    }
}
