using System.Net;
using System.Security.Cryptography;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Networking.Addresses;
using Cumulet.ControlPlane.Networking.Networks;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Networking.Ports;

/// <summary>The rows of ports with their addresses, security groups and DHCP options.</summary>
internal static class PortStore
{
    public const string Columns =
        "SELECT p.id, p.number, p.project_id, p.network_id, p.name, p.description, p.mac_address, p.admin_state_up, p.status, p.device_id, p.device_owner, p.host, p.vnic_type, p.binding_profile, p.port_security_enabled, p.dns_name, p.dns_domain, p.allowed_address_pairs, p.made_for_server, p.server_tag, p.qos_policy_id, p.revision, p.created_at, p.updated_at, (SELECT n.project_id FROM networks n WHERE n.id = p.network_id), (SELECT n.dns_domain FROM networks n WHERE n.id = p.network_id), (SELECT n.qos_policy_id FROM networks n WHERE n.id = p.network_id) FROM ports p";

    private const int MaxMacTries = 16;

    public static PortRecord Read(Row row) => new()
    {
        Id = row.Text(),
        Number = row.Int(),
        ProjectId = row.Text(),
        NetworkId = row.Text(),
        Name = row.Text(),
        Description = row.Text(),
        Mac = row.Text(),
        AdminStateUp = row.Flag(),
        Status = row.Text(),
        DeviceId = row.Text(),
        DeviceOwner = row.Text(),
        Host = row.Text(),
        VnicType = row.Text(),
        BindingProfile = row.Text(),
        PortSecurityEnabled = row.Flag(),
        DnsName = row.Text(),
        DnsDomain = row.Text(),
        AllowedAddressPairs = [.. Words.Split(row.Text()).Chunk(2).Select(pair => new AddressPair(pair[0], pair[1]))],
        MadeForServer = row.Flag(),
        ServerTag = row.TextOrNull(),
        QosPolicyId = row.TextOrNull(),
        Revision = row.Long(),
        CreatedAt = row.Time(),
        UpdatedAt = row.Time(),
        NetworkProjectId = row.TextOrNull() ?? "",
        NetworkDnsDomain = row.TextOrNull() ?? "",
        NetworkQosPolicyId = row.TextOrNull(),
    };

    public static PortRecord? FindAny(Tx tx, string id) => One(tx, $" WHERE p.id = {id}");

    /// <summary>Own ports and those on own networks.</summary>
    public static Sql Visible(Caller caller) => caller.IsAdmin || caller.Roles.Contains("service")
        ? Sql.Raw("1 = 1")
        : Of($"p.project_id = {caller.ProjectId} OR EXISTS (SELECT 1 FROM networks n WHERE n.id = p.network_id AND n.project_id = {caller.ProjectId})");

    private static Sql Of(Sql sql) => sql;

    public static PortRecord? Find(Tx tx, Caller caller, string id) => One(tx, $" WHERE p.id = {id} AND ({Visible(caller)})");

    private static PortRecord? One(Tx tx, Sql where) =>
        tx.Find(new Sql().Add(Sql.Raw(Columns)).Add(where), Read) is { } port ? Complete(tx, [port])[0] : null;

    /// <param name="where">Begins with <c> WHERE</c>; the table's alias is p.</param>
    public static IReadOnlyList<PortRecord> Query(Tx tx, Sql where) =>
        Complete(tx, tx.Query(new Sql().Add(Sql.Raw(Columns)).Add(where), Read));

    public static IReadOnlyList<PortRecord> Complete(Tx tx, IReadOnlyList<PortRecord> ports)
    {
        if (ports.Count == 0) return ports;
        var ids = ports.Select(p => p.Id).ToList();
        var addresses = tx.Query($"SELECT port_id, subnet_id, ip_address FROM ip_allocations WHERE port_id IN {ids} ORDER BY position",
            row => (Id: row.Text(), Address: new FixedAddress(row.Text(), IPAddress.Parse(row.Text())))).ToLookup(p => p.Id, p => p.Address);
        var groups = tx.Query($"SELECT port_id, security_group_id FROM port_security_groups WHERE port_id IN {ids} ORDER BY security_group_id",
            row => (Id: row.Text(), Group: row.Text())).ToLookup(p => p.Id, p => p.Group);
        var options = tx.Query($"SELECT port_id, name, value, ip_version FROM port_dhcp_options WHERE port_id IN {ids} ORDER BY name, ip_version",
            row => (Id: row.Text(), Option: new DhcpOption(row.Text(), row.Text(), row.Int()))).ToLookup(p => p.Id, p => p.Option);
        var tags = TagStore.Of(tx, ids);
        return [.. ports.Select(p => p with
        {
            FixedIps = [.. addresses[p.Id]],
            SecurityGroupIds = [.. groups[p.Id]],
            DhcpOptions = [.. options[p.Id]],
            Tags = [.. tags[p.Id]],
        })];
    }

    public static void Insert(Tx tx, PortRecord p)
    {
        if (tx.Exists($"SELECT 1 FROM ports WHERE network_id = {p.NetworkId} AND mac_address = {p.Mac}"))
            throw NetworkFault.MacAddressInUse(p.NetworkId, p.Mac);
        tx.Execute(
            $"""
            INSERT INTO ports (id, number, project_id, network_id, name, description, mac_address, admin_state_up, status, device_id, device_owner,
                host, vnic_type, binding_profile, port_security_enabled, dns_name, dns_domain, allowed_address_pairs, made_for_server, server_tag,
                qos_policy_id, revision, created_at, updated_at)
            VALUES ({p.Id}, {p.Number}, {p.ProjectId}, {p.NetworkId}, {p.Name}, {p.Description}, {p.Mac}, {p.AdminStateUp}, {p.Status}, {p.DeviceId}, {p.DeviceOwner},
                {p.Host}, {p.VnicType}, {p.BindingProfile}, {p.PortSecurityEnabled}, {p.DnsName}, {p.DnsDomain}, {Pairs(p)}, {p.MadeForServer}, {p.ServerTag},
                {p.QosPolicyId}, {p.Revision}, {p.CreatedAt}, {p.UpdatedAt})
            """);
        WriteGroups(tx, p.Id, p.SecurityGroupIds);
        WriteOptions(tx, p.Id, p.DhcpOptions);
    }

    public static void Update(Tx tx, PortRecord p)
    {
        if (tx.Exists($"SELECT 1 FROM ports WHERE network_id = {p.NetworkId} AND mac_address = {p.Mac} AND id <> {p.Id}"))
            throw NetworkFault.MacAddressInUse(p.NetworkId, p.Mac);
        tx.Execute(
            $"""
            UPDATE ports SET name = {p.Name}, description = {p.Description}, mac_address = {p.Mac}, admin_state_up = {p.AdminStateUp}, status = {p.Status},
                device_id = {p.DeviceId}, device_owner = {p.DeviceOwner}, host = {p.Host}, vnic_type = {p.VnicType}, binding_profile = {p.BindingProfile},
                port_security_enabled = {p.PortSecurityEnabled}, dns_name = {p.DnsName}, dns_domain = {p.DnsDomain}, allowed_address_pairs = {Pairs(p)},
                made_for_server = {p.MadeForServer}, server_tag = {p.ServerTag}, qos_policy_id = {p.QosPolicyId}, revision = revision + 1, updated_at = {p.UpdatedAt}
            WHERE id = {p.Id}
            """);
        WriteGroups(tx, p.Id, p.SecurityGroupIds);
        WriteOptions(tx, p.Id, p.DhcpOptions);
    }

    private static string Pairs(PortRecord p) => Words.Join(p.AllowedAddressPairs.SelectMany(a => (string[])[a.Ip, a.Mac]));

    private static void WriteGroups(Tx tx, string portId, IReadOnlyList<string> groups)
    {
        tx.Execute($"DELETE FROM port_security_groups WHERE port_id = {portId}");
        foreach (var group in groups.Distinct())
            tx.Execute($"INSERT INTO port_security_groups (port_id, security_group_id) VALUES ({portId}, {group})");
    }

    private static void WriteOptions(Tx tx, string portId, IReadOnlyList<DhcpOption> options)
    {
        tx.Execute($"DELETE FROM port_dhcp_options WHERE port_id = {portId}");
        foreach (var option in options)
            tx.Execute($"INSERT INTO port_dhcp_options (port_id, name, ip_version, value) VALUES ({portId}, {option.Name}, {option.IpVersion}, {option.Value})");
    }

    public static void Delete(Tx tx, string id)
    {
        tx.Execute($"DELETE FROM ip_allocations WHERE port_id = {id}");
        tx.Execute($"DELETE FROM port_security_groups WHERE port_id = {id}");
        tx.Execute($"DELETE FROM port_dhcp_options WHERE port_id = {id}");
        tx.Execute($"DELETE FROM ports WHERE id = {id}");
        TagStore.Forget(tx, id);
    }

    public static int NextNumber(Tx tx) => Numbers.Next(tx, "ports", 65534);

    /// <summary>A MAC that no port of the cloud has; fa:16:3e is OpenStack's own prefix.</summary>
    public static string NewMac(Tx tx, string networkId)
    {
        for (var i = 0; i < MaxMacTries; i++)
        {
            var tail = RandomNumberGenerator.GetBytes(3);
            var mac = $"fa:16:3e:{tail[0]:x2}:{tail[1]:x2}:{tail[2]:x2}";
            if (!tx.Exists($"SELECT 1 FROM ports WHERE mac_address = {mac}")) return mac;
        }
        throw NetworkFault.MacAddressGenerationFailure(networkId);
    }
}
