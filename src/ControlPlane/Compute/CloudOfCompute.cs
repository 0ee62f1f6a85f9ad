using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Compute.Aggregates;
using Cumulet.ControlPlane.Compute.AvailabilityZones;
using Cumulet.ControlPlane.Compute.Discovery;
using Cumulet.ControlPlane.Compute.ExternalEvents;
using Cumulet.ControlPlane.Compute.Flavors;
using Cumulet.ControlPlane.Compute.Hosts;
using Cumulet.ControlPlane.Compute.Hypervisors;
using Cumulet.ControlPlane.Compute.Keypairs;
using Cumulet.ControlPlane.Compute.Limits;
using Cumulet.ControlPlane.Compute.OldHosts;
using Cumulet.ControlPlane.Compute.Proxies;
using Cumulet.ControlPlane.Compute.Quotas;
using Cumulet.ControlPlane.Compute.ServerGroups;
using Cumulet.ControlPlane.Compute.ServerMigrations;
using Cumulet.ControlPlane.Compute.Services;
using Cumulet.ControlPlane.Compute.Usage;
using Cumulet.ControlPlane.Identity;

namespace Cumulet.ControlPlane.Compute;

/// <summary>Puts together what is around servers: sizes, keys, hosts, groups, limits.</summary>
internal sealed class CloudOfCompute(CloudParts parts, IdentityRoom identity, ComputeHosts hosts)
{
    private readonly Neighbours _neighbours = new();

    public ComputeServices Services { get; } = new(parts, hosts);

    public void Map(RouteTable routes)
    {
        FlavorRoutes.Map(routes, parts, identity);
        KeypairRoutes.Map(routes, parts);
        ServiceRoutes.Map(routes, Services);
        HypervisorRoutes.Map(routes, Services);
        ListZones.Map(routes, Services);
        HostRoutes.Map(routes, Services);
        UsageAuditLog.Map(routes, Services);
        AggregateRoutes.Map(routes, parts);
        ServerGroupRoutes.Map(routes, parts);
        QuotaSets.Map(routes, parts.Database, identity);
        QuotaClassSets.Map(routes, parts.Database);
        ShowLimits.Map(routes, parts.Database);
        TenantUsage.Map(routes, parts);
        CreateEvents.Map(routes, parts.Database);
        ListMigrations.Map(routes, parts.Database);
        LiveMigrations.Map(routes, parts.Database);
        ExtensionList.Map(routes);
        SecurityGroupProxy.Map(routes, _neighbours);
        NetworkProxy.Map(routes, _neighbours);
        ServerFloatingIps.Map(routes, parts, _neighbours);
        VolumeProxy.Map(routes, _neighbours);
        ImageProxy.Map(routes, _neighbours);
    }
}
