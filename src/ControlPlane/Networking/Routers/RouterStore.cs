using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Networking.Ports;
using Cumulet.ControlPlane.Networking.Subnets;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Networking.Routers;

/// <summary>The rows of routers. Interfaces are ports whose device is the router.</summary>
internal static class RouterStore
{
    public const string Columns =
        "SELECT t.id, t.project_id, t.name, t.description, t.admin_state_up, t.gateway_port_id, t.enable_snat, t.routes, t.availability_zone_hints, t.flavor_id, t.distributed, t.revision, t.created_at, t.updated_at FROM routers t";

    public static RouterRecord Read(Row row) => new()
    {
        Id = row.Text(),
        ProjectId = row.Text(),
        Name = row.Text(),
        Description = row.Text(),
        AdminStateUp = row.Flag(),
        GatewayPortId = row.TextOrNull(),
        EnableSnat = row.Flag(),
        Routes = SubnetStore.ReadRoutes(row.Text()),
        AvailabilityZoneHints = Words.Split(row.Text()),
        FlavorId = row.TextOrNull(),
        Distributed = row.Flag(),
        Revision = row.Long(),
        CreatedAt = row.Time(),
        UpdatedAt = row.Time(),
    };

    public static Sql Visible(Caller caller) => caller.IsAdmin || caller.Roles.Contains("service")
        ? Sql.Raw("1 = 1")
        : new Sql().Add($"t.project_id = {caller.ProjectId}");

    public static RouterRecord? FindAny(Tx tx, string id) =>
        tx.Find(new Sql().Add(Sql.Raw(Columns)).Add($" WHERE t.id = {id}"), Read) is { } router ? Complete(tx, [router])[0] : null;

    public static RouterRecord? Find(Tx tx, Caller caller, string id) =>
        tx.Find(new Sql().Add(Sql.Raw(Columns)).Add($" WHERE t.id = {id} AND ({Visible(caller)})"), Read) is { } router
            ? Complete(tx, [router])[0]
            : null;

    public static IReadOnlyList<RouterRecord> Complete(Tx tx, IReadOnlyList<RouterRecord> routers)
    {
        if (routers.Count == 0) return routers;
        var gateways = routers.Select(r => r.GatewayPortId).OfType<string>().ToList();
        var ports = PortStore.Query(tx, $" WHERE p.id IN {gateways}").ToDictionary(p => p.Id);
        var tags = TagStore.Of(tx, [.. routers.Select(r => r.Id)]);
        return [.. routers.Select(r =>
        {
            var gateway = r.GatewayPortId is null ? null : ports.GetValueOrDefault(r.GatewayPortId);
            return r with { ExternalNetworkId = gateway?.NetworkId, ExternalFixedIps = gateway?.FixedIps ?? [], Tags = [.. tags[r.Id]] };
        })];
    }

    public static IReadOnlyList<PortRecord> Interfaces(Tx tx, string routerId) =>
        PortStore.Query(tx, $" WHERE p.device_id = {routerId} AND p.device_owner = {DeviceOwners.RouterInterface} ORDER BY p.created_at, p.id");

    public static void Insert(Tx tx, RouterRecord r) => tx.Execute(
        $"""
        INSERT INTO routers (id, project_id, name, description, admin_state_up, gateway_port_id, enable_snat, routes, availability_zone_hints, flavor_id, distributed, revision, created_at, updated_at)
        VALUES ({r.Id}, {r.ProjectId}, {r.Name}, {r.Description}, {r.AdminStateUp}, {r.GatewayPortId}, {r.EnableSnat}, {SubnetStore.WriteRoutes(r.Routes)}, {Words.Join(r.AvailabilityZoneHints)}, {r.FlavorId}, {r.Distributed}, {r.Revision}, {r.CreatedAt}, {r.UpdatedAt})
        """);

    public static void Update(Tx tx, RouterRecord r) => tx.Execute(
        $"""
        UPDATE routers SET name = {r.Name}, description = {r.Description}, admin_state_up = {r.AdminStateUp}, gateway_port_id = {r.GatewayPortId},
            enable_snat = {r.EnableSnat}, routes = {SubnetStore.WriteRoutes(r.Routes)}, distributed = {r.Distributed}, revision = revision + 1, updated_at = {r.UpdatedAt}
        WHERE id = {r.Id}
        """);

    public static void Touch(Tx tx, string id, DateTimeOffset now) =>
        tx.Execute($"UPDATE routers SET revision = revision + 1, updated_at = {now} WHERE id = {id}");

    public static void Delete(Tx tx, string id)
    {
        tx.Execute($"DELETE FROM routers WHERE id = {id}");
        Agents.AgentSchedule.GiveBack(tx, Agents.AgentSchedule.Routers, id);
        TagStore.Forget(tx, id);
    }
}
