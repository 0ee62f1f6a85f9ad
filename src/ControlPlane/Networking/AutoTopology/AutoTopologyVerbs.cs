using System.Text.Json;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Networking.Networks;
using Cumulet.ControlPlane.Networking.Ports;
using Cumulet.ControlPlane.Networking.Resources;
using Cumulet.ControlPlane.Networking.Routers;
using Cumulet.ControlPlane.Networking.SubnetPools;
using Cumulet.ControlPlane.Networking.Subnets;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Networking.AutoTopology;

/// <summary>
/// A network ready for use for who has none: network, subnets from the default pools, a router to the default external
/// network. Made in one transaction when first asked for.
/// </summary>
internal sealed class AutoTopologyVerbs(Database database, TimeProvider time)
{
    private sealed record Topology(string NetworkId, string? RouterId);

    public async Task<Reply> Show(ApiRequest request)
    {
        var project = Project(request);
        request.Authorize(PolicyTarget.OwnedBy(project));
        if (request.Query["fields"].Contains("dry-run"))
        {
            database.Read(Requirements);
            return Answer(request, "dry-run=pass", project);
        }
        var network = await database.Write(tx => Ensure(tx, request, project, time.GetUtcNow()));
        return Answer(request, network, project);
    }

    public async Task<Reply> Delete(ApiRequest request)
    {
        var project = Project(request);
        request.Authorize(PolicyTarget.OwnedBy(project));
        await database.Write(tx =>
        {
            // Rule: a project without one is told the same as one that had it.
            if (Find(tx, project) is not { } topology) return;
            RemoveRouter(tx, topology);
            if (NetworkStore.Find(tx, request.Caller, topology.NetworkId) is { } network)
                DeleteNetwork.Run(new Removal<NetworkRecord>(tx, request, network, time.GetUtcNow()));
            tx.Execute($"DELETE FROM auto_allocated_topologies WHERE project_id = {project}");
        });
        return Reply.Empty();
    }

    /// <summary>The network that a project was given before, or one made now.</summary>
    public static string Ensure(Tx tx, ApiRequest request, string project, DateTimeOffset now) =>
        Find(tx, project)?.NetworkId ?? Make(tx, request, project, now);

    private static string Project(ApiRequest request) => request[0] is "None" ? request.ProjectId : request[0];

    // What users removed by hand is made again.
    private static Topology? Find(Tx tx, string project) => tx.Find(
        $"SELECT a.network_id, a.router_id FROM auto_allocated_topologies a JOIN networks n ON n.id = a.network_id WHERE a.project_id = {project}",
        row => new Topology(row.Text(), row.TextOrNull()));

    private static (string External, List<(string Pool, int Version)> Pools) Requirements(Tx tx)
    {
        List<(string, int)> pools = [];
        foreach (var version in (int[])[4, 6])
            if (SubnetPoolStore.Default(tx, version) is { } pool) pools.Add((pool, version));
        if (pools.Count == 0) throw Failure("No default subnetpools defined");
        var external = tx.Find($"SELECT id FROM networks WHERE external = 1 AND is_default = 1", row => row.Text()) ?? throw Failure("No default router:external network");
        return (external, pools);
    }

    private static Fault Failure(string reason) => Fault.Conflict($"Deployment error: {reason}.", "AutoAllocationFailure");

    private static string Make(Tx tx, ApiRequest request, string project, DateTimeOffset now)
    {
        var (external, pools) = Requirements(tx);
        var network = CreateNetwork.Run(Creation(tx, request, project, now, """{"name":"auto_allocated_network"}"""));
        var router = CreateRouter.Run(Creation(tx, request, project, now,
            "{\"name\":\"auto_allocated_router\",\"external_gateway_info\":{\"network_id\":\"" + external + "\"}}"));
        foreach (var (pool, version) in pools)
        {
            var more = version == 6 ? ",\"ipv6_ra_mode\":\"slaac\",\"ipv6_address_mode\":\"slaac\"" : "";
            var subnet = CreateSubnet.Run(Creation(tx, request, project, now,
                $"{{\"name\":\"auto_allocated_subnet_v{version}\",\"network_id\":\"{network.Id}\",\"subnetpool_id\":\"{pool}\",\"ip_version\":{version}{more}}}"));
            RouterInterfaces.AddSubnet(tx, router, subnet, now);
        }
        tx.Execute($"DELETE FROM auto_allocated_topologies WHERE project_id = {project}");
        tx.Execute($"INSERT INTO auto_allocated_topologies (project_id, network_id, router_id) VALUES ({project}, {network.Id}, {router.Id})");
        return network.Id;
    }

    private static Creation Creation(Tx tx, ApiRequest request, string project, DateTimeOffset now, string body)
    {
        using var document = JsonDocument.Parse(body);
        return new Creation(tx, request, document.RootElement.Clone(), project, now);
    }

    private static void RemoveRouter(Tx tx, Topology topology)
    {
        if (topology.RouterId is null || RouterStore.FindAny(tx, topology.RouterId) is not { } router) return;
        foreach (var port in RouterStore.Interfaces(tx, router.Id).Where(p => p.NetworkId == topology.NetworkId))
        {
            foreach (var subnet in port.FixedIps.Select(f => f.SubnetId).Distinct()) RouterInterfaces.RefuseInUse(tx, router, subnet);
            PortStore.Delete(tx, port.Id);
        }
        if (RouterStore.Interfaces(tx, router.Id).Count > 0) throw Fault.Conflict($"Router {router.Id} still has ports", "RouterInUse");
        RouterGateway.Clear(tx, router);
        RouterStore.Delete(tx, router.Id);
    }

    private static Reply Answer(ApiRequest request, string id, string project) => Reply.Ok(json =>
    {
        var fields = NetworkList.Fields(request);
        if (fields?.Contains("dry-run") is true) fields = null;
        json.WriteStartObject();
        json.WriteStartObject("auto_allocated_topology");
        new Shown(json, name => fields is null || fields.Contains(name)).Text("id", id).Project(project);
        json.WriteEndObject();
        json.WriteEndObject();
    });
}
