using System.Net;
using System.Security.Cryptography;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Networking.Addresses;
using Cumulet.ControlPlane.Networking.Networks;
using Cumulet.ControlPlane.Networking.Routers;
using Cumulet.ControlPlane.Networking.SubnetPools;
using Cumulet.ControlPlane.Networking.Subnets;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Networking;

/// <summary>
/// The networks a new cloud starts with: a way out (public), a network for everyone (private) and the router between; and the
/// pools out of which projects without a network are given one of their own.
/// </summary>
internal sealed class Bootstrap(Database database, TimeProvider time)
{
    public const string PublicCidr = "172.24.4.0/24";
    public const string PrivateCidr = "10.0.0.0/24";
    public const string PoolCidr = "10.1.0.0/16";

    public Task Run(string adminProjectId) => database.Write(tx =>
    {
        var now = time.GetUtcNow();
        var outside = InsertNetwork(tx, adminProjectId, "public", external: true, now);
        InsertSubnet(tx, outside, "public-subnet", PublicCidr, now, dhcp: false);
        var inside = InsertNetwork(tx, adminProjectId, "private", external: false, now);
        RbacStore.Grant(tx, adminProjectId, "network", inside.Id, RbacStore.Shared, "*");
        var subnets = new List<SubnetRecord>
        {
            InsertSubnet(tx, inside, "private-subnet", PrivateCidr, now, dhcp: true),
            InsertSubnet(tx, inside, "ipv6-private-subnet", UniqueLocalPrefix(), now, dhcp: true),
        };
        InsertRouter(tx, adminProjectId, outside, subnets, now);
        InsertPool(tx, adminProjectId, "shared-default-subnetpool-v4", PoolCidr, 26, now);
        InsertPool(tx, adminProjectId, "shared-default-subnetpool-v6", UniqueLocalPrefix(56), 64, now);
    });

    private static void InsertPool(Tx tx, string project, string name, string prefix, int length, DateTimeOffset now)
    {
        var cidr = IPNetwork.Parse(prefix);
        var version = IpNumber.Version(cidr.BaseAddress);
        var pool = new SubnetPoolRecord
        {
            Id = Guid.NewGuid().ToString(),
            ProjectId = project,
            Name = name,
            IpVersion = version,
            Prefixes = [cidr],
            DefaultPrefixLength = length,
            MinPrefixLength = version == 4 ? 8 : 64,
            MaxPrefixLength = IpNumber.Bits(version),
            IsDefault = true,
            CreatedAt = now,
            UpdatedAt = now,
        };
        SubnetPoolStore.Insert(tx, pool);
        RbacStore.Grant(tx, project, "subnetpool", pool.Id, RbacStore.Shared, "*");
    }

    private static NetworkRecord InsertNetwork(Tx tx, string project, string name, bool external, DateTimeOffset now)
    {
        using var none = System.Text.Json.JsonDocument.Parse("{}");
        var segment = external ? new ProviderSegment("flat", "public", null) : ProviderSegment.Choose(tx, none.RootElement);
        var network = new NetworkRecord
        {
            Id = Guid.NewGuid().ToString(),
            Number = NetworkStore.NextNumber(tx),
            ProjectId = project,
            Name = name,
            External = external,
            IsDefault = external,
            Mtu = CreateNetwork.DefaultMtu,
            NetworkType = segment.Type,
            PhysicalNetwork = segment.PhysicalNetwork,
            SegmentationId = segment.Id,
            CreatedAt = now,
            UpdatedAt = now,
        };
        NetworkStore.Insert(tx, network);
        if (external) RbacStore.Grant(tx, project, "network", network.Id, RbacStore.External, "*");
        return network;
    }

    private static SubnetRecord InsertSubnet(Tx tx, NetworkRecord network, string name, string prefix, DateTimeOffset now, bool dhcp)
    {
        var cidr = IPNetwork.Parse(prefix);
        var gateway = SubnetRules.DefaultGateway(cidr);
        var isIpv6 = cidr.BaseAddress.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6;
        var subnet = new SubnetRecord
        {
            Id = Guid.NewGuid().ToString(),
            ProjectId = network.ProjectId,
            NetworkId = network.Id,
            Name = name,
            IpVersion = isIpv6 ? 6 : 4,
            Cidr = cidr,
            Gateway = gateway,
            EnableDhcp = dhcp,
            Ipv6RaMode = isIpv6 ? "slaac" : null,
            Ipv6AddressMode = isIpv6 ? "slaac" : null,
            Pools = SubnetRules.DefaultPools(cidr, gateway),
            CreatedAt = now,
            UpdatedAt = now,
        };
        SubnetRules.Check(subnet);
        CreateSubnet.Insert(tx, network, subnet, now);
        return subnet;
    }

    private static void InsertRouter(Tx tx, string project, NetworkRecord outside, List<SubnetRecord> inside, DateTimeOffset now)
    {
        var router = new RouterRecord { Id = Guid.NewGuid().ToString(), ProjectId = project, Name = "router1", CreatedAt = now, UpdatedAt = now };
        using var gateway = System.Text.Json.JsonDocument.Parse($$"""{"network_id": "{{outside.Id}}"}""");
        router = RouterGateway.Apply(tx, Caller.Cloud, router, gateway.RootElement, now);
        RouterStore.Insert(tx, router);
        foreach (var subnet in inside) RouterInterfaces.AddSubnet(tx, router, subnet, now);
    }

    // RFC 4193: fd, forty random bits, subnet zero.
    private static string UniqueLocalPrefix(int length = 64)
    {
        var bits = RandomNumberGenerator.GetBytes(5);
        return $"fd{bits[0]:x2}:{bits[1]:x2}{bits[2]:x2}:{bits[3]:x2}{bits[4]:x2}::/{length}";
    }
}
