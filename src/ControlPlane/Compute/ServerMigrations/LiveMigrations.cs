using System.Globalization;
using System.Text.Json;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Compute.Servers;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Compute.ServerMigrations;

/// <summary>
/// /servers/ID/migrations: the live migrations of a server while they go on (2.23), to be hurried (2.22) or called off (2.24). A
/// server whose task is not to migrate has none, and both are refused then. Rule: nova/api/openstack/compute/server_migrations.py.
/// </summary>
internal sealed class LiveMigrations(Database database)
{
    private const string Policy = "os_compute_api:servers:migrations:";
    private const string All = "v2.1/servers/{id}/migrations";
    private const string GoingOn = "m.kind = 'live-migration' AND m.status IN ('queued', 'preparing', 'running', 'post-migrating')";
    private static readonly Shape Nothing = Shape.Null;

    public static void Map(RouteTable routes, Database database)
    {
        var migrations = new LiveMigrations(database);
        routes.Get(All, Policy + "index", migrations.List).Since(2, 23);
        routes.Get(All + "/{migration}", Policy + "show", migrations.Show).Since(2, 23);
        routes.Delete(All + "/{migration}", Policy + "delete", migrations.Abort).Since(2, 24);
        routes.Action(All + "/{migration}/action", "force_complete", Policy + "force_complete", migrations.ForceComplete).Since(2, 22);
    }

    private Task<Reply> List(ApiRequest request)
    {
        var found = database.Read(tx => tx.Query(Of(ServerStore.Get(tx, request.Caller, request[0])).Add(Sql.Raw($" AND {GoingOn} ORDER BY m.number")),
            MigrationStore.Read));
        return Task.FromResult(Reply.Ok(json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("migrations");
            foreach (var migration in found) Write(json, request, migration);
            json.WriteEndArray();
            json.WriteEndObject();
        }));
    }

    private Task<Reply> Show(ApiRequest request)
    {
        var (server, id) = (request[0], request[1].Truncated());
        var migration = database.Read(tx => Find(tx, request))
            ?? throw Fault.NotFound($"In-progress live migration {id} is not found for server {server}.");
        if (migration.Kind != "live-migration") throw Fault.NotFound($"Migration {id} for server {server} is not live-migration.");
        if (!migration.MovesNow) throw Fault.NotFound($"Live migration {id} for server {server} is not in progress.");
        return Task.FromResult(Reply.Ok(json =>
        {
            json.WriteStartObject();
            json.WritePropertyName("migration");
            Write(json, request, migration);
            json.WriteEndObject();
        }));
    }

    private Task<Reply> Abort(ApiRequest request) => throw database.Read(tx => NotMigrating(tx, request, "abort live migration"));

    private async Task<Reply> ForceComplete(ApiRequest request)
    {
        await request.Body("force_complete", Nothing);
        throw database.Read(tx => NotMigrating(tx, request, "force_complete"));
    }

    // No host of this cloud takes a running guest over (MigrateServer refuses before), so no server has the task.
    private static Fault NotMigrating(Tx tx, ApiRequest request, string action)
    {
        var server = ServerGuard.Unlocked(tx, request, request[0]);
        return ServerGuard.Wrong(server, action, "task_state", server.TaskState ?? "None");
    }

    private static Sql Of(ServerRecord server) =>
        new Sql().Add(Sql.Raw($"SELECT {MigrationStore.Columns} FROM server_migrations m")).Add($" WHERE m.server_id = {server.Id}");

    private static MigrationRecord? Find(Tx tx, ApiRequest request)
    {
        var server = ServerStore.Get(tx, request.Caller, request[0]);
        return long.TryParse(request[1], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? tx.Find(Of(server).Add($" AND m.number = {number}"), MigrationStore.Read)
            : null;
    }

    private static void Write(Utf8JsonWriter json, ApiRequest request, MigrationRecord m)
    {
        var withHosts = request.Allows(Policy + "index:host", PolicyTarget.OwnedBy(m.ProjectId));
        json.WriteStartObject();
        json.WriteString("created_at", TimeText.Microseconds(m.CreatedAt));
        json.WriteString("dest_compute", withHosts ? m.TargetHost : null);
        json.WriteString("dest_host", withHosts ? m.TargetHost : null);
        json.WriteString("dest_node", withHosts ? m.TargetHost : null);
        // What was moved is known to the guest's process alone.
        foreach (var amount in (string[])["disk", "memory"])
            foreach (var part in (string[])["processed", "remaining", "total"])
                json.WriteNull($"{amount}_{part}_bytes");
        json.WriteNumber("id", m.Number);
        json.WriteString("server_uuid", m.ServerId);
        json.WriteString("source_compute", withHosts ? m.SourceHost : null);
        json.WriteString("source_node", withHosts ? m.SourceHost : null);
        json.WriteString("status", m.Status);
        json.WriteString("updated_at", TimeText.Microseconds(m.UpdatedAt));
        if (request.At(2, 59)) json.WriteString("uuid", m.Id);
        if (request.At(2, 80))
        {
            json.WriteString("user_id", m.UserId);
            json.WriteString("project_id", m.ProjectId);
        }
        json.WriteEndObject();
    }
}
