using System.Net;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Networking.Addresses;
using Cumulet.ControlPlane.Networking.Networks;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Networking.Subnets;

/// <summary>The rows of subnets and their allocation pools.</summary>
internal static class SubnetStore
{
    public const string Columns =
        "SELECT s.id, s.project_id, s.network_id, s.name, s.description, s.ip_version, s.cidr, s.gateway_ip, s.enable_dhcp, s.ipv6_ra_mode, s.ipv6_address_mode, s.dns_nameservers, s.host_routes, s.service_types, s.subnetpool_id, s.dns_publish_fixed_ip, s.revision, s.created_at, s.updated_at, (SELECT n.project_id FROM networks n WHERE n.id = s.network_id), (SELECT n.external FROM networks n WHERE n.id = s.network_id) FROM subnets s";

    public static SubnetRecord Read(Row row) => new()
    {
        Id = row.Text(),
        ProjectId = row.Text(),
        NetworkId = row.Text(),
        Name = row.Text(),
        Description = row.Text(),
        IpVersion = row.Int(),
        Cidr = IPNetwork.Parse(row.Text()),
        Gateway = row.TextOrNull() is { } gateway ? IPAddress.Parse(gateway) : null,
        EnableDhcp = row.Flag(),
        Ipv6RaMode = row.TextOrNull(),
        Ipv6AddressMode = row.TextOrNull(),
        DnsNameservers = Words.Split(row.Text()),
        HostRoutes = ReadRoutes(row.Text()),
        ServiceTypes = Words.Split(row.Text()),
        SubnetPoolId = row.TextOrNull(),
        DnsPublishFixedIp = row.Flag(),
        Revision = row.Long(),
        CreatedAt = row.Time(),
        UpdatedAt = row.Time(),
        NetworkProjectId = row.TextOrNull() ?? "",
        NetworkExternal = row.FlagOrNull() ?? false,
    };

    /// <summary>Routes in one column: destination, next hop, destination, next hop …</summary>
    public static IReadOnlyList<HostRoute> ReadRoutes(string text) =>
        [.. Words.Split(text).Chunk(2).Select(pair => new HostRoute(pair[0], pair[1]))];

    public static string WriteRoutes(IEnumerable<HostRoute> routes) =>
        Words.Join(routes.SelectMany(r => (string[])[r.Destination, r.NextHop]));

    public static SubnetRecord? FindAny(Tx tx, string id) =>
        tx.Find(new Sql().Add(Sql.Raw(Columns)).Add($" WHERE s.id = {id}"), Read) is { } subnet ? Complete(tx, [subnet])[0] : null;

    public static IReadOnlyList<SubnetRecord> OfNetwork(Tx tx, string networkId) => Complete(tx, tx.Query(
        new Sql().Add(Sql.Raw(Columns)).Add($" WHERE s.network_id = {networkId} ORDER BY s.created_at, s.id"), Read));

    public static IReadOnlyList<SubnetRecord> OfNetworks(Tx tx, IReadOnlyCollection<string> networkIds) => Complete(tx, tx.Query(
        new Sql().Add(Sql.Raw(Columns)).Add($" WHERE s.network_id IN {networkIds} ORDER BY s.created_at, s.id"), Read));

    /// <summary>Own subnets and those of networks that the caller owns or may see.</summary>
    public static Sql Visible(Caller caller) => caller.IsAdmin || caller.Roles.Contains("service")
        ? Sql.Raw("1 = 1")
        : Of($"s.project_id = {caller.ProjectId} OR EXISTS (SELECT 1 FROM networks n WHERE n.id = s.network_id AND ({NetworkStore.Visible(caller)}))");

    /// <summary>
    /// Subnets of external networks are not listed to those who do not own or share them (a required test of OpenStack
    /// interoperability says so), though the policy shows one to whoever knows its id.
    /// </summary>
    public static Sql Listed(Caller caller) => caller.IsAdmin || caller.Roles.Contains("service")
        ? Sql.Raw("1 = 1")
        : Of($"s.project_id = {caller.ProjectId} OR EXISTS (SELECT 1 FROM networks n WHERE n.id = s.network_id AND n.project_id = {caller.ProjectId}) OR {NetworkStore.SharedTo("network", "s.network_id", caller.ProjectId)}");

    private static Sql Of(Sql sql) => sql;

    public static SubnetRecord? Find(Tx tx, Caller caller, string id) =>
        tx.Find(new Sql().Add(Sql.Raw(Columns)).Add($" WHERE s.id = {id} AND ({Visible(caller)})"), Read) is { } subnet
            ? Complete(tx, [subnet])[0]
            : null;

    public static IReadOnlyList<SubnetRecord> Complete(Tx tx, IReadOnlyList<SubnetRecord> subnets)
    {
        if (subnets.Count == 0) return subnets;
        var ids = subnets.Select(s => s.Id).ToList();
        var pools = tx.Query($"SELECT subnet_id, first_key, last_key FROM allocation_pools WHERE subnet_id IN {ids} ORDER BY first_key",
            row => (Id: row.Text(), Range: new AddressRange(IpNumber.FromKey(row.Text()), IpNumber.FromKey(row.Text()))))
            .ToLookup(p => p.Id, p => p.Range);
        var tags = TagStore.Of(tx, ids);
        return [.. subnets.Select(s => s with { Pools = [.. pools[s.Id]], Tags = [.. tags[s.Id]] })];
    }

    public static void Insert(Tx tx, SubnetRecord s)
    {
        tx.Execute(
            $"""
            INSERT INTO subnets (id, project_id, network_id, name, description, ip_version, cidr, gateway_ip, enable_dhcp, ipv6_ra_mode, ipv6_address_mode,
                dns_nameservers, host_routes, service_types, subnetpool_id, dns_publish_fixed_ip, revision, created_at, updated_at)
            VALUES ({s.Id}, {s.ProjectId}, {s.NetworkId}, {s.Name}, {s.Description}, {s.IpVersion}, {s.Cidr.ToString()}, {s.Gateway?.ToString()}, {s.EnableDhcp}, {s.Ipv6RaMode}, {s.Ipv6AddressMode},
                {Words.Join(s.DnsNameservers)}, {WriteRoutes(s.HostRoutes)}, {Words.Join(s.ServiceTypes)}, {s.SubnetPoolId}, {s.DnsPublishFixedIp}, {s.Revision}, {s.CreatedAt}, {s.UpdatedAt})
            """);
        WritePools(tx, s);
    }

    public static void Update(Tx tx, SubnetRecord s)
    {
        tx.Execute(
            $"""
            UPDATE subnets SET name = {s.Name}, description = {s.Description}, gateway_ip = {s.Gateway?.ToString()}, enable_dhcp = {s.EnableDhcp},
                ipv6_ra_mode = {s.Ipv6RaMode}, ipv6_address_mode = {s.Ipv6AddressMode}, dns_nameservers = {Words.Join(s.DnsNameservers)},
                host_routes = {WriteRoutes(s.HostRoutes)}, service_types = {Words.Join(s.ServiceTypes)},
                dns_publish_fixed_ip = {s.DnsPublishFixedIp}, revision = revision + 1, updated_at = {s.UpdatedAt}
            WHERE id = {s.Id}
            """);
        WritePools(tx, s);
    }

    private static void WritePools(Tx tx, SubnetRecord s)
    {
        tx.Execute($"DELETE FROM allocation_pools WHERE subnet_id = {s.Id}");
        foreach (var pool in s.Pools)
            tx.Execute($"INSERT INTO allocation_pools (subnet_id, first_key, last_key) VALUES ({s.Id}, {IpNumber.Key(pool.First)}, {IpNumber.Key(pool.Last)})");
    }

    public static void Delete(Tx tx, string id)
    {
        tx.Execute($"DELETE FROM allocation_pools WHERE subnet_id = {id}");
        tx.Execute($"DELETE FROM ip_allocations WHERE subnet_id = {id}");
        tx.Execute($"DELETE FROM subnets WHERE id = {id}");
        TagStore.Forget(tx, id);
    }
}
