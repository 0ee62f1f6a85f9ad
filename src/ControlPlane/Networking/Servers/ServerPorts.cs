using System.Net;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Networking.Addresses;
using Cumulet.ControlPlane.Networking.FloatingIps;
using Cumulet.ControlPlane.Networking.Networks;
using Cumulet.ControlPlane.Networking.Ports;
using Cumulet.ControlPlane.Networking.Quotas;
using Cumulet.ControlPlane.Networking.SecurityGroups;
using Cumulet.ControlPlane.Networking.Subnets;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Networking.Servers;

/// <summary>
/// Ports from a server's side, each inside Compute's own transaction: a server and its ports come and go in one commit.
///
///     made for the server   CreatePort → BindPort → PortIsUp … ReleasePort deletes it
///     brought by its owner  AdoptPort  → BindPort → PortIsUp … ReleasePort gives it back
/// </summary>
internal sealed class ServerPorts(TimeProvider time, PortDeletion deletion)
{
    public ServerPort Create(Tx tx, Caller caller, NewServerPort wanted)
    {
        var network = NetworkStore.Find(tx, caller, wanted.NetworkId) ?? throw NetworkFault.NetworkNotFound(wanted.NetworkId);
        if (network is { External: true, Shared: false } && !caller.IsAdmin && network.ProjectId != caller.ProjectId)
            throw Fault.Forbidden($"It is not allowed to create an interface on external network {network.Id}", "ExternalNetworkAttachForbidden");
        var project = caller.ProjectId ?? throw Fault.Forbidden("The token is not scoped to a project; ask for one with a project in its scope.");
        QuotaStore.Claim(tx, project, "port");
        var now = time.GetUtcNow();
        var port = new PortRecord
        {
            Id = wanted.PortId ?? Guid.NewGuid().ToString(),
            Number = PortStore.NextNumber(tx),
            ProjectId = project,
            NetworkId = network.Id,
            Mac = PortStore.NewMac(tx, network.Id),
            DeviceId = wanted.ServerId,
            DeviceOwner = $"compute:{wanted.AvailabilityZone}",
            PortSecurityEnabled = network.PortSecurityEnabled,
            DnsName = HostLabel(wanted.HostName),
            MadeForServer = true,
            ServerTag = wanted.Tag,
            SecurityGroupIds = network.PortSecurityEnabled ? Groups(tx, project, wanted.SecurityGroups, now) : [],
            CreatedAt = now,
            UpdatedAt = now,
        };
        if (wanted.SecurityGroups.Count > 0 && !network.PortSecurityEnabled)
            throw Fault.BadRequest($"Port security is disabled on network {network.Id}: security groups cannot be applied", "SecurityGroupCannotBeApplied");
        PortStore.Insert(tx, port);
        IpAllocator.Allocate(tx, Addressing(port), Requests(wanted.FixedIp));
        return Of(tx, PortStore.FindAny(tx, port.Id)!);
    }

    public ServerPort Adopt(Tx tx, Caller caller, string portId, string serverId, string zone, string? hostName, string? tag)
    {
        var port = PortStore.Find(tx, caller, portId) ?? throw NetworkFault.PortNotFound(portId);
        if (port.DeviceId.Length > 0 && port.DeviceId != serverId)
            throw Fault.Conflict($"Port {portId} is still in use.", "PortInUse");
        if (PortBody.IsMulticast(port.Mac))
            throw Fault.BadRequest($"Port {portId} has the multicast address {port.Mac}, which no network card can have: give it another mac_address.");
        PortStore.Update(tx, port with
        {
            DeviceId = serverId,
            DeviceOwner = $"compute:{zone}",
            DnsName = port.DnsName.Length > 0 ? port.DnsName : HostLabel(hostName),
            ServerTag = tag,
            UpdatedAt = time.GetUtcNow(),
        });
        return Of(tx, PortStore.FindAny(tx, portId)!);
    }

    public void Release(Tx tx, string portId)
    {
        if (PortStore.FindAny(tx, portId) is not { } port) return;
        if (port.MadeForServer)
        {
            deletion.Delete(tx, port);
            return;
        }
        PortStore.Update(tx, port with
        {
            DeviceId = "",
            DeviceOwner = "",
            Host = "",
            Status = "DOWN",
            ServerTag = null,
            BindingProfile = "{}",
            UpdatedAt = time.GetUtcNow(),
        });
    }

    public void Bind(Tx tx, string portId, string host)
    {
        if (PortStore.FindAny(tx, portId) is not { } port || port.Host == host) return;
        PortStore.Update(tx, port with { Host = host, Status = host.Length == 0 ? "DOWN" : "BUILD", UpdatedAt = time.GetUtcNow() });
    }

    public void IsUp(Tx tx, string portId, bool up)
    {
        if (PortStore.FindAny(tx, portId) is not { } port) return;
        var status = up && port.AdminStateUp ? "ACTIVE" : "DOWN";
        if (port.Status == status) return;
        PortStore.Update(tx, port with { Status = status, UpdatedAt = time.GetUtcNow() });
        tx.Execute(
            $"UPDATE floating_ips SET status = {status} WHERE fixed_port_id = {portId} AND router_id IS NOT NULL AND status <> {status} AND {status} = 'ACTIVE'");
    }

    public static PortToAddress Addressing(PortRecord port) => new(port.Id, port.NetworkId, port.Mac, port.DeviceOwner);

    private static List<FixedIpRequest>? Requests(string? fixedIp)
    {
        if (fixedIp is null) return null;
        return IpNumber.TryAddress(fixedIp, out var address)
            ? [new FixedIpRequest(null, address)]
            : throw NetworkFault.InvalidInput($"'{fixedIp}' is not a valid IP address.");
    }

    // What a host name can be in DNS; others have none there.
    private static string HostLabel(string? name) =>
        name is { Length: > 0 and <= 63 } && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '-') && name[0] != '-' && name[^1] != '-'
            ? name.ToLowerInvariant()
            : "";

    private static List<string> Groups(Tx tx, string project, IReadOnlyList<string> wanted, DateTimeOffset now)
    {
        if (wanted.Count == 0) return [SecurityGroupStore.EnsureDefault(tx, project, now)];
        var chosen = new List<string>();
        foreach (var name in wanted.Distinct())
        {
            if (name == SecurityGroupStore.DefaultName) SecurityGroupStore.EnsureDefault(tx, project, now);
            chosen.Add(GroupOf(tx, project, name) ?? throw NetworkFault.SecurityGroupNotFound(name));
        }
        return chosen;
    }

    private static string? GroupOf(Tx tx, string project, string name)
    {
        var found = tx.Query(
            $"SELECT g.id, g.name FROM security_groups g WHERE (g.project_id = {project} OR {NetworkStore.SharedTo("security_group", "g.id", project)}) AND (g.id = {name} OR g.name = {name})",
            row => (Id: row.Text(), Name: row.Text()));
        var byId = found.Find(g => g.Id == name).Id;
        if (byId is null && found.Count > 1)
            throw Fault.Conflict($"Multiple security groups found matching '{name}'. Use an ID to be more specific.", "NoUniqueMatch");
        return byId ?? found.FirstOrDefault().Id;
    }

    /// <summary>Refuses a request for a server with a group (name or id) that its project has not; the default one is made when needed.</summary>
    public static void RequireGroups(Tx tx, string project, IReadOnlyList<string> wanted)
    {
        foreach (var name in wanted)
            if (name != SecurityGroupStore.DefaultName && GroupOf(tx, project, name) is null)
                throw Fault.BadRequest($"Unable to find security_group with name or id '{name}'");
    }

    public static Sql HasAddress(Dialect dialect, string serverIdColumn, int version, string pattern) => new Sql()
        .Add(Sql.Raw($"EXISTS (SELECT 1 FROM ip_allocations a JOIN ports p ON p.id = a.port_id WHERE p.device_id = {serverIdColumn} AND "))
        .Add(dialect.Matches("a.ip_address", pattern))
        .Add(Sql.Raw(version == 4 ? " AND a.ip_address NOT LIKE '%:%')" : " AND a.ip_address LIKE '%:%')"));

    public static ServerPort? Find(Tx tx, Caller caller, string id) => PortStore.Find(tx, caller, id) is { } port ? Of(tx, port) : null;

    public void ChangeSecurityGroup(Tx tx, Caller caller, string serverId, string group, bool add)
    {
        var now = time.GetUtcNow();
        var id = Groups(tx, caller.ProjectId ?? "", [group], now)[0];
        var ports = PortStore.Query(tx, $" WHERE p.device_id = {serverId} AND p.device_owner LIKE 'compute:%'").Where(p => p.PortSecurityEnabled).ToList();
        if (!add && ports.All(p => !p.SecurityGroupIds.Contains(id)))
            throw Fault.NotFound($"Security group {group} not associated with the instance {serverId}");
        foreach (var port in ports)
        {
            var rest = port.SecurityGroupIds.Where(g => g != id).ToList();
            PortStore.Update(tx, port with { SecurityGroupIds = add ? [.. rest, id] : rest, UpdatedAt = now });
        }
    }

    public static void AddFixedIp(Tx tx, string portId, DateTimeOffset now)
    {
        var port = PortStore.FindAny(tx, portId)!;
        PortStore.Update(tx, port with { UpdatedAt = now });
        if (port.FixedIps.Count >= IpAllocator.MaxPerPort) throw NetworkFault.InvalidInput("Exceeded maximum amount of fixed ips per port.");
        if (!SubnetStore.OfNetwork(tx, port.NetworkId).Where(s => !s.IsAutomatic).Any(subnet => IpAllocator.TryAllocate(tx, Addressing(port), subnet)))
            throw NetworkFault.IpAddressGenerationFailure(port.NetworkId);
    }

    public static void RemoveFixedIp(Tx tx, string portId, string address, DateTimeOffset now)
    {
        var port = PortStore.FindAny(tx, portId)!;
        PortStore.Update(tx, port with { UpdatedAt = now });
        UpdatePort.Readdress(tx, port, [.. port.FixedIps.Where(f => f.Address.ToString() != address).Select(f => new FixedIpRequest(f.SubnetId, f.Address))], now);
    }

    private static ServerPort Of(Tx tx, PortRecord port) => Describe(tx, $"p.id = {port.Id}")[0];

    /// <summary>The ports of servers, in the order in which they were made.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyList<ServerPort>> Of(Tx tx, IReadOnlyCollection<string> serverIds)
    {
        return Describe(tx, $"p.device_id IN {serverIds} AND p.device_owner LIKE 'compute:%'").GroupBy(p => p.ServerId)
            .ToDictionary(g => g.Key, g => (IReadOnlyList<ServerPort>)[.. g], StringComparer.Ordinal);
    }

    private static ServerPort Read(Row row) => new()
    {
        Id = row.Text(),
        ServerId = row.Text(),
        ProjectId = row.Text(),
        NetworkId = row.Text(),
        NetworkName = row.Text(),
        Mtu = row.Int(),
        Mac = row.Text(),
        PortSecurityEnabled = row.Flag(),
        Tag = row.TextOrNull(),
        Status = row.Text(),
        MadeForServer = row.Flag(),
        VnicType = row.Text(),
        Host = row.Text(),
    };

    // A list of servers reads hundreds: only what a server shows of its ports.
    private static IReadOnlyList<ServerPort> Describe(Tx tx, Sql which)
    {
        var ports = tx.Query($"""
            SELECT p.id, p.device_id, p.project_id, p.network_id, n.name, n.mtu, p.mac_address, p.port_security_enabled, p.server_tag, p.status,
                p.made_for_server, p.vnic_type, p.host
            FROM ports p JOIN networks n ON n.id = p.network_id WHERE {which} ORDER BY p.created_at, p.number
            """, Read);
        if (ports.Count == 0) return [];
        var ids = ports.Select(p => p.Id).ToList();
        var networkIds = ports.Select(p => p.NetworkId).Distinct().ToList();
        var dhcp = tx.Query(
            $"SELECT a.subnet_id, a.ip_address FROM ip_allocations a JOIN ports p ON p.id = a.port_id WHERE p.network_id IN {networkIds} AND p.device_owner = {DeviceOwners.Dhcp}",
            row => (Subnet: row.Text(), Address: row.Text())).ToLookup(p => p.Subnet, p => p.Address);
        var subnets = SubnetStore.OfNetworks(tx, networkIds).ToDictionary(s => s.Id, s => new ServerSubnet(
            s.Id, s.Cidr.ToString(), s.IpVersion, s.Gateway?.ToString(), s.EnableDhcp, dhcp[s.Id].FirstOrDefault(),
            s.DnsNameservers, s.HostRoutes, s.Ipv6AddressMode));
        var floating = tx.Query($"SELECT fixed_port_id, floating_ip_address, fixed_ip_address FROM floating_ips WHERE fixed_port_id IN {ids} ORDER BY created_at",
            row => (Port: row.Text(), Ip: new ServerFloatingIp(row.Text(), row.Text()))).ToLookup(p => p.Port, p => p.Ip);
        var groups = tx.Query(
            $"SELECT m.port_id, g.id, g.name FROM port_security_groups m JOIN security_groups g ON g.id = m.security_group_id WHERE m.port_id IN {ids} ORDER BY g.name, g.id",
            row => (Port: row.Text(), Group: new ServerSecurityGroup(row.Text(), row.Text()))).ToLookup(p => p.Port, p => p.Group);
        var addresses = tx.Query($"SELECT port_id, subnet_id, ip_address FROM ip_allocations WHERE port_id IN {ids} ORDER BY position",
            row => (Port: row.Text(), Subnet: subnets[row.Text()], Address: row.Text()))
            .ToLookup(a => a.Port, a => new ServerAddress(a.Address, a.Subnet.IpVersion, a.Subnet));
        return [.. ports.Select(p => p with
        {
            FixedIps = [.. addresses[p.Id]],
            FloatingIps = [.. floating[p.Id]],
            SecurityGroups = [.. groups[p.Id]],
        })];
    }

    public static IReadOnlyList<NetworkChoice> Choices(Tx tx, Caller caller)
    {
        var networks = NetworkStore.Complete(tx, caller, tx.Query(new Sql().Add(Sql.Raw(NetworkStore.Columns)).Add(
            $" WHERE n.project_id = {caller.ProjectId} OR {NetworkStore.SharedTo("network", "n.id", caller.ProjectId)} ORDER BY n.created_at, n.id"), NetworkStore.Read));
        return [.. networks.Select(n => new NetworkChoice(
            n.Id, n.Name, n.ProjectId, n.Shared, n.External, n.SubnetIds.Count > 0, n.AdminStateUp, n.PortSecurityEnabled))];
    }

    /// <summary>
    /// The server that has this address, seen from a network or from a router: the metadata service knows only where a
    /// request came in and its source address.
    /// </summary>
    public static string? ByAddress(Tx tx, string networkOrRouterId, IPAddress source)
    {
        var address = source.IsIPv4MappedToIPv6 ? source.MapToIPv4() : source;
        return tx.Find(
            $"""
            SELECT p.device_id FROM ip_allocations a JOIN ports p ON p.id = a.port_id
            WHERE a.ip_address = {address.ToString()} AND p.device_owner LIKE 'compute:%'
              AND (p.network_id = {networkOrRouterId} OR p.network_id IN (
                SELECT i.network_id FROM ports i WHERE i.device_id = {networkOrRouterId} AND i.device_owner = {DeviceOwners.RouterInterface}))
            """, row => row.Text());
    }
}
