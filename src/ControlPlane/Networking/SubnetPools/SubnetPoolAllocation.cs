using System.Net;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Networking.Addresses;
using Cumulet.ControlPlane.Networking.Resources;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Networking.SubnetPools;

/// <summary>Cuts a subnet's prefix out of a pool.</summary>
internal static class SubnetPoolAllocation
{
    public static IPNetwork Take(Creation creation, string poolId)
    {
        var (tx, body) = (creation.Tx, creation.Body);
        var pool = SubnetPoolStore.Find(tx, creation.Caller, poolId) ?? throw SubnetPoolResource.NotFound(poolId);
        if (body.GetInt("ip_version") is { } version && version != pool.IpVersion)
            throw NetworkFault.BadRequest($"Cannot allocate IPv{version} subnet from IPv{pool.IpVersion} subnet pool");
        var taken = tx.Query($"SELECT cidr FROM subnets WHERE subnetpool_id = {poolId}", row => IPNetwork.Parse(row.Text()));
        var cidr = Choose(body.GetText("cidr"), body.GetInt("prefixlen"), pool, taken);
        CheckQuota(tx, creation.ProjectId, pool, cidr);
        return cidr;
    }

    private static IPNetwork Choose(string? cidr, int? asked, SubnetPoolRecord pool, List<IPNetwork> taken)
    {
        if (cidr is not null)
        {
            IpNumber.TryCidr(cidr, out var wanted, out _);
            CheckLength(pool, wanted.PrefixLength);
            if (!pool.Prefixes.Any(p => p.PrefixLength <= wanted.PrefixLength && p.Contains(wanted.BaseAddress)) || taken.Exists(t => IpNumber.Overlap(t, wanted)))
                throw Fault.Conflict("Failed to allocate subnet: Cannot allocate requested subnet from the available set of prefixes.", "SubnetAllocationError");
            return wanted;
        }
        var length = asked ?? pool.DefaultPrefixLength;
        CheckLength(pool, length);
        return PrefixSet.FirstFree(pool.Prefixes, taken, length)
            ?? throw Fault.Conflict($"Failed to allocate subnet: Insufficient prefix space to allocate subnet size /{length}.", "SubnetAllocationError");
    }

    private static void CheckLength(SubnetPoolRecord pool, int length)
    {
        if (length < pool.MinPrefixLength)
            throw Fault.BadRequest($"Unable to allocate subnet with prefix length {length}, minimum allowed prefix is {pool.MinPrefixLength}.", "MinPrefixSubnetAllocationError");
        if (length > pool.MaxPrefixLength)
            throw Fault.BadRequest($"Unable to allocate subnet with prefix length {length}, maximum allowed prefix is {pool.MaxPrefixLength}.", "MaxPrefixSubnetAllocationError");
    }

    private static void CheckQuota(Tx tx, string project, SubnetPoolRecord pool, IPNetwork cidr)
    {
        if (pool.DefaultQuota is not { } quota) return;
        var used = tx.Query($"SELECT cidr FROM subnets WHERE subnetpool_id = {pool.Id} AND project_id = {project}", row => IPNetwork.Parse(row.Text()))
            .Aggregate(UInt128.Zero, (sum, c) => sum + Weight(c));
        if (used + Weight(cidr) > (UInt128)quota)
            throw Fault.Conflict("Per-tenant subnet pool prefix quota exceeded.", "SubnetPoolQuotaExceeded");
    }

    // IPv4 counts addresses, IPv6 counts /64 prefixes.
    private static UInt128 Weight(IPNetwork cidr) => IpNumber.Version(cidr.BaseAddress) == 4
        ? UInt128.One << (32 - cidr.PrefixLength)
        : cidr.PrefixLength >= 64 ? UInt128.One : UInt128.One << (64 - cidr.PrefixLength);
}
