using System.Net;
using System.Text.Json;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Networking.Addresses;
using Cumulet.ControlPlane.Networking.SecurityGroups;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Networking.Ports;

/// <summary>Reads what a port's body asks for and refuses what no port may have.</summary>
internal static class PortBody
{
    private const int MaxAddressPairs = 10;

    /// <summary>Null where the body says nothing: the port takes what it can get.</summary>
    public static IReadOnlyList<FixedIpRequest>? FixedIps(JsonElement body)
    {
        if (body.Get("fixed_ips") is null) return null;
        var requests = body.GetItems("fixed_ips").Select(f =>
        {
            var request = new FixedIpRequest(f.GetText("subnet_id"), f.GetText("ip_address") is { } ip ? IPAddress.Parse(ip) : null);
            return request is { SubnetId: null, Address: null }
                ? throw NetworkFault.InvalidInput("IP allocation requires subnet_id or ip_address")
                : request;
        }).ToList();
        var twice = requests.Where(r => r.Address is not null).GroupBy(r => (r.SubnetId, r.Address!.ToString())).FirstOrDefault(g => g.Count() > 1);
        if (twice is not null) throw NetworkFault.Invalid("fixed_ips", $"Duplicate IP address '{twice.Key.Item2}'");
        return requests;
    }

    /// <summary>Rule: a port may have a multicast address, as in Neutron; no network card can, so no server takes such a port.</summary>
    public static string Mac(string text)
    {
        var mac = text.Replace('-', ':').ToLowerInvariant();
        if (mac is "00:00:00:00:00:00" or "ff:ff:ff:ff:ff:ff") throw NetworkFault.Invalid("mac_address", $"'{text}' is not a valid MAC address");
        return mac;
    }

    public static bool IsMulticast(string mac) => (Convert.ToByte(mac[..2], 16) & 1) != 0;

    private static string PairMac(string text)
    {
        var mac = Mac(text);
        if (IsMulticast(mac)) throw NetworkFault.Invalid("allowed_address_pairs", $"MAC address {mac} is a multicast address, which is not supported.");
        return mac;
    }

    public static IReadOnlyList<AddressPair> AddressPairs(JsonElement body, string portMac)
    {
        var pairs = body.GetItems("allowed_address_pairs").Select(p => new AddressPair(
            Ip(p.GetText("ip_address")!), p.GetText("mac_address") is { } mac ? PairMac(mac) : portMac)).ToList();
        if (pairs.Count > MaxAddressPairs)
            throw Fault.BadRequest($"The number of allowed address pair exceeds the maximum {MaxAddressPairs}.", "AllowedAddressPairExhausted");
        if (pairs.GroupBy(p => p).FirstOrDefault(g => g.Count() > 1)?.Key is { } twice)
            throw Fault.BadRequest($"Request contains duplicate address pair: mac_address {twice.Mac} ip_address {twice.Ip}.", "DuplicateAddressPairInRequest");
        return pairs;
    }

    private static string Ip(string text)
    {
        if (IpNumber.TryAddress(text, out var address)) return address.ToString();
        IpNumber.TryCidr(text, out var cidr, out _);
        return cidr.ToString();
    }

    /// <summary>The options after the request: those named are set, or removed where the value is null.</summary>
    public static IReadOnlyList<DhcpOption> DhcpOptions(JsonElement body, IReadOnlyList<DhcpOption> current)
    {
        var options = current.ToList();
        foreach (var item in body.GetItems("extra_dhcp_opts"))
        {
            var (name, version) = (item.GetText("opt_name")!, item.GetInt("ip_version") ?? 4);
            if (version == 5) throw NetworkFault.Invalid("extra_dhcp_opts", "'5' is not in [4, 6]");
            options.RemoveAll(o => o.Name == name && o.IpVersion == version);
            if (item.GetText("opt_value") is { } value) options.Add(new DhcpOption(name, value, version));
        }
        return options;
    }

    /// <summary>The groups asked for; each must be the caller's or shared with it.</summary>
    public static IReadOnlyList<string> SecurityGroups(Tx tx, Caller caller, JsonElement body)
    {
        var ids = body.GetItems("security_groups").Select(g => g.GetString()!.ToLowerInvariant()).Distinct().ToList();
        foreach (var id in ids)
            if (SecurityGroupStore.Find(tx, caller, id) is null) throw NetworkFault.SecurityGroupNotFound(id);
        return ids;
    }

    /// <summary>Without port security there is nothing that groups or pairs could mean.</summary>
    public static void CheckSecurity(PortRecord port)
    {
        if (port.PortSecurityEnabled) return;
        if (port.SecurityGroupIds.Count > 0)
            throw Fault.Conflict("Port has security group associated. Cannot disable port security or IP address until security group is removed.", "PortSecurityPortHasSecurityGroup");
        if (port.AllowedAddressPairs.Count > 0)
            throw Fault.Conflict("Port Security must be enabled in order to have allowed address pairs on a port.", "AddressPairAndPortSecurityRequired");
    }

    /// <summary>Nobody gives a port to a router that belongs to another project.</summary>
    public static void CheckDevice(Tx tx, Caller caller, string deviceId)
    {
        if (caller.IsAdmin || deviceId.Length == 0) return;
        if (tx.Exists($"SELECT 1 FROM routers WHERE id = {deviceId} AND project_id <> {caller.ProjectId}"))
            throw Fault.Conflict($"The following device_id {deviceId} is not owned by your tenant or matches another tenants router.", "DeviceIDNotOwnedByTenant");
    }

    public static string DnsName(string name)
    {
        if (name.Length == 0) return name;
        var label = name.TrimEnd('.');
        if (!label.Split('.').All(l => DnsNames.Label().IsMatch(l)) || label.Length > 63)
            throw NetworkFault.Invalid("dns_name", $"'{name}' not a valid PQDN or FQDN. Reason: Name '{name}' must be of labels of 1 to 63 letters, digits and '-'");
        return name;
    }
}
