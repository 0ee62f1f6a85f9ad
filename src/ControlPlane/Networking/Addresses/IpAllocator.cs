using System.Net;
using System.Security.Cryptography;
using Cumulet.ControlPlane.Networking.Ports;
using Cumulet.ControlPlane.Networking.Subnets;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Networking.Addresses;

/// <summary>What a caller asks of one address: a subnet, an address, or both.</summary>
internal sealed record FixedIpRequest(string? SubnetId, IPAddress? Address);

/// <summary>What the port is that wants addresses.</summary>
internal sealed record PortToAddress(string Id, string NetworkId, string Mac, string DeviceOwner)
{
    public bool IsRouterPort => DeviceOwner is DeviceOwners.RouterInterface or DeviceOwners.RouterGateway;

    /// <summary>Ports of the cloud's own take the lowest free address; guests' are spread so that a freed one is not reused at once.</summary>
    public bool Lowest { get; init; }
}

/// <summary>
/// Gives addresses to ports. All of it happens inside the write transaction that makes the port, and writers take turns,
/// so that two callers can never be given the same address; the primary key of ip_allocations says it once more.
///
///     no fixed_ips    one IPv4 address, one of a DHCPv6 subnet, and an automatic one of every SLAAC subnet
///     fixed_ips       what is asked for, and the automatic ones
///     fixed_ips []    none
/// </summary>
internal static class IpAllocator
{
    public const int MaxPerPort = 5;
    private const int RandomTries = 8;
    private const int ScanBatch = 512;

    public static void Allocate(Tx tx, PortToAddress port, IReadOnlyList<FixedIpRequest>? requests)
    {
        if (requests is { Count: > MaxPerPort }) throw NetworkFault.InvalidInput("Exceeded maximum amount of fixed ips per port.");
        var subnets = SubnetStore.OfNetwork(tx, port.NetworkId);
        var chosen = requests is null ? Any(tx, port, subnets) : Requested(tx, port, subnets, requests);
        if (!port.IsRouterPort && requests is not { Count: 0 }) AddAutomatic(tx, port, subnets, chosen);
    }

    /// <summary>Replaces a port's addresses: those that stay are not touched.</summary>
    public static void Replace(Tx tx, PortToAddress port, IReadOnlyList<FixedAddress> current, IReadOnlyList<FixedIpRequest> requests)
    {
        if (requests.Count > MaxPerPort) throw NetworkFault.InvalidInput("Exceeded maximum amount of fixed ips per port.");
        var subnets = SubnetStore.OfNetwork(tx, port.NetworkId);
        var left = current.ToList();
        var missing = new List<FixedIpRequest>();
        foreach (var request in requests.OrderBy(r => r.Address is null))
        {
            var kept = left.Find(f => (request.Address is null || f.Address.Equals(request.Address))
                && (request.SubnetId is null || f.SubnetId == request.SubnetId));
            if (kept is null) missing.Add(request);
            else left.Remove(kept);
        }
        var automatic = subnets.Where(s => s.IsAutomatic).Select(s => s.Id).ToHashSet();
        foreach (var gone in left)
        {
            if (automatic.Contains(gone.SubnetId) && !port.IsRouterPort && requests.Count > 0) continue;
            Release(tx, gone);
        }
        Requested(tx, port, subnets, missing);
    }

    /// <summary>Any free address of one subnet; false where there is none.</summary>
    public static bool TryAllocate(Tx tx, PortToAddress port, SubnetRecord subnet)
    {
        if (!subnet.IsAutomatic || port.IsRouterPort) return TryNext(tx, port, subnet);
        TakeAutomatic(tx, port, subnet);
        return true;
    }

    public static void Release(Tx tx, FixedAddress address) => tx.Execute(
        $"DELETE FROM ip_allocations WHERE subnet_id = {address.SubnetId} AND ip_key = {IpNumber.Key(address.Address)}");

    private static List<string> Any(Tx tx, PortToAddress port, IReadOnlyList<SubnetRecord> subnets)
    {
        var chosen = new List<string>();
        foreach (var version in (int[])[4, 6])
        {
            var candidates = subnets.Where(s => s.IpVersion == version && !s.IsAutomatic && s.ServesOwner(port.DeviceOwner)).ToList();
            if (candidates.Count == 0) continue;
            var subnet = candidates.Find(s => TryNext(tx, port, s))
                ?? throw NetworkFault.IpAddressGenerationFailure(port.NetworkId);
            chosen.Add(subnet.Id);
        }
        return chosen;
    }

    private static List<string> Requested(
        Tx tx, PortToAddress port, IReadOnlyList<SubnetRecord> subnets, IReadOnlyList<FixedIpRequest> requests)
    {
        var chosen = new List<string>();
        // Named addresses first, lest one of them be given out to an unnamed request before.
        foreach (var request in requests.OrderBy(r => r.Address is null))
        {
            var subnet = SubnetFor(port, subnets, request);
            chosen.Add(subnet.Id);
            if (request.Address is { } address) Take(tx, port, subnet, address);
            else if (subnet.IsAutomatic && !port.IsRouterPort) TakeAutomatic(tx, port, subnet);
            else if (!TryNext(tx, port, subnet)) throw NetworkFault.IpAddressGenerationFailure(port.NetworkId);
        }
        return chosen;
    }

    private static SubnetRecord SubnetFor(PortToAddress port, IReadOnlyList<SubnetRecord> subnets, FixedIpRequest request)
    {
        if (request.SubnetId is { } id)
        {
            var named = subnets.FirstOrDefault(s => s.Id == id) ?? throw NetworkFault.InvalidInput(
                $"Failed to create port on network {port.NetworkId}, because fixed_ips included invalid subnet {id}");
            if (request.Address is { } wanted && !named.IsUsable(wanted)) throw NetworkFault.InvalidIpForSubnet(wanted);
            return named;
        }
        var address = request.Address!;
        return subnets.FirstOrDefault(s => s.IsUsable(address)) ?? throw NetworkFault.InvalidIpForNetwork(address);
    }

    private static void Take(Tx tx, PortToAddress port, SubnetRecord subnet, IPAddress address)
    {
        if (subnet.IsAutomatic && !port.IsRouterPort && !address.Equals(IpNumber.Eui64(subnet.Cidr, port.Mac)))
            throw NetworkFault.AllocationOnAutoAddressSubnet(address, subnet.Id);
        if (!TryInsert(tx, port, subnet, IpNumber.Of(address))) throw NetworkFault.IpAddressAlreadyAllocated(address, subnet.Id);
    }

    private static void AddAutomatic(Tx tx, PortToAddress port, IReadOnlyList<SubnetRecord> subnets, List<string> chosen)
    {
        foreach (var subnet in subnets)
            if (subnet.IsAutomatic && !chosen.Contains(subnet.Id)) TakeAutomatic(tx, port, subnet);
    }

    public static void TakeAutomatic(Tx tx, PortToAddress port, SubnetRecord subnet)
    {
        var address = IpNumber.Eui64(subnet.Cidr, port.Mac);
        if (!TryInsert(tx, port, subnet, IpNumber.Of(address))) throw NetworkFault.IpAddressAlreadyAllocated(address, subnet.Id);
    }

    private static bool TryNext(Tx tx, PortToAddress port, SubnetRecord subnet)
    {
        foreach (var pool in subnet.Pools)
        {
            var start = pool.First;
            if (!port.Lowest)
            {
                for (var i = 0; i < RandomTries; i++)
                    if (TryInsert(tx, port, subnet, start = RandomIn(pool))) return true;
            }
            var free = FirstFree(tx, subnet, start, pool.Last)
                ?? (start > pool.First ? FirstFree(tx, subnet, pool.First, start) : null);
            if (free is { } number) return TryInsert(tx, port, subnet, number);
        }
        return false;
    }

    private static UInt128 RandomIn(AddressRange pool)
    {
        // Enough spread without a modulus over 128 bits.
        var size = pool.Last - pool.First;
        var offset = (UInt128)RandomNumberGenerator.GetInt32(int.MaxValue);
        return pool.First + offset % (size == UInt128.MaxValue ? size : size + 1);
    }

    // Walks the taken addresses in order until one is missing.
    private static UInt128? FirstFree(Tx tx, SubnetRecord subnet, UInt128 from, UInt128 last)
    {
        var next = from;
        while (true)
        {
            var taken = tx.Query(
                $"SELECT ip_key FROM ip_allocations WHERE subnet_id = {subnet.Id} AND ip_key >= {IpNumber.Key(next)} AND ip_key <= {IpNumber.Key(last)} ORDER BY ip_key LIMIT {ScanBatch}",
                row => IpNumber.FromKey(row.Text()));
            foreach (var one in taken)
            {
                if (one != next) return next;
                if (next == last) return null;
                next++;
            }
            if (taken.Count < ScanBatch) return next <= last ? next : null;
        }
    }

    private static bool TryInsert(Tx tx, PortToAddress port, SubnetRecord subnet, UInt128 number)
    {
        var key = IpNumber.Key(number);
        if (tx.Exists($"SELECT 1 FROM ip_allocations WHERE subnet_id = {subnet.Id} AND ip_key = {key}")) return false;
        var position = tx.Count($"SELECT COALESCE(MAX(position) + 1, 0) FROM ip_allocations WHERE port_id = {port.Id}");
        tx.Execute(
            $"""
            INSERT INTO ip_allocations (subnet_id, ip_key, ip_address, network_id, port_id, position)
            VALUES ({subnet.Id}, {key}, {IpNumber.ToAddress(number, subnet.IpVersion).ToString()}, {port.NetworkId}, {port.Id}, {position})
            """);
        return true;
    }
}
