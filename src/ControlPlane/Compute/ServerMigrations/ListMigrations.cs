using System.Globalization;
using System.Text.Json;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Compute.ServerMigrations;

/// <summary>
/// os-migrations: kinds since 2.23, uuids, paging and changes-since since 2.59, changes-before since 2.66, owners since 2.80. Hosts
/// are told to administrators only.
/// </summary>
internal sealed class ListMigrations(Database database)
{
    private const string Policy = "os_compute_api:os-migrations:index";

    public static void Map(RouteTable routes, Database database) =>
        routes.Get("v2.1/os-migrations", Policy, new ListMigrations(database).Handle);

    private Task<Reply> Handle(ApiRequest request)
    {
        var own = PolicyTarget.OwnedBy(request.Caller.ProjectId);
        // Who names its own project asks for that alone; who names none asks for all. Rule: nova/api/openstack/compute/migrations.py.
        var onlyOwn = request.Query["project_id"].ToString() == request.Caller.ProjectId;
        if (!onlyOwn) request.Authorize($"{Policy}:all_projects", own);
        QueryRules.CheckSince(request, new(2, 59), ["hidden", "host", "instance_uuid", "source_compute", "status", "migration_type",
            "limit", "marker", "changes-since", .. request.At(2, 66) ? (string[])["changes-before"] : [],
            .. request.At(2, 80) ? (string[])["user_id", "project_id"] : []]);
        var withHosts = request.Allows($"{Policy}:host", own);
        var page = database.Read(tx => Query(request).Run(tx, request,
            onlyOwn ? new Sql().Add($"m.project_id = {request.Caller.ProjectId}") : Sql.Raw("1 = 1"), MigrationStore.Read));
        return Task.FromResult(Reply.Ok(json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("migrations");
            foreach (var migration in page.Items) Write(json, request, migration, withHosts);
            json.WriteEndArray();
            PageLinks.WriteNext(json, "migrations", request, page.HasMore ? page.Items[^1].Id : null);
            json.WriteEndObject();
        }));
    }

    private static ListQuery Query(ApiRequest request)
    {
        var filters = new Dictionary<string, Filter>
        {
            ["host"] = new Filter.Custom((values, _) => new Sql().Add($"(m.source_host = {values[0]} OR m.target_host = {values[0]})")),
            ["instance_uuid"] = new Filter.Exact("m.server_id"),
            ["source_compute"] = new Filter.Exact("m.source_host"),
            ["status"] = new Filter.Exact("m.status"),
            ["migration_type"] = new Filter.Exact("m.kind"),
            // Ours are never hidden.
            ["hidden"] = new Filter.Custom((values, _) => JsonReading.FlagOf(values[0]) == true ? Sql.Raw("1 = 0") : null),
        };
        if (request.At(2, 59)) filters["changes-since"] = new Filter.Instant("m.updated_at", ">=");
        if (request.At(2, 66)) filters["changes-before"] = new Filter.Instant("m.updated_at", "<=");
        if (request.At(2, 80))
        {
            filters["user_id"] = new Filter.Exact("m.user_id");
            filters["project_id"] = new Filter.Exact("m.project_id");
        }
        return new ListQuery
        {
            Select = $"SELECT {MigrationStore.Columns} FROM server_migrations m",
            From = "server_migrations m",
            Id = "m.id",
            Filters = filters,
            SortKeys = new Dictionary<string, string> { ["created_at"] = "m.created_at", ["number"] = "m.number" },
            DefaultOrder = [("created_at", true), ("number", true)],
            MaxLimit = request.At(2, 59) ? 1000 : 0,
            MarkerNotFound = marker => Fault.BadRequest($"Marker {marker.Truncated()} could not be found."),
        };
    }

    private static void Write(Utf8JsonWriter json, ApiRequest request, MigrationRecord m, bool withHosts)
    {
        json.WriteStartObject();
        json.WriteNumber("id", m.Number);
        if (request.At(2, 59)) json.WriteString("uuid", m.Id);
        json.WriteString("instance_uuid", m.ServerId);
        json.WriteString("status", m.Status);
        if (request.At(2, 23)) json.WriteString("migration_type", m.Kind);
        json.WriteString("source_compute", withHosts ? m.SourceHost : null);
        json.WriteString("source_node", withHosts ? m.SourceHost : null);
        json.WriteString("dest_compute", withHosts ? m.TargetHost : null);
        json.WriteString("dest_node", withHosts ? m.TargetHost : null);
        json.WriteString("dest_host", withHosts ? m.TargetHost : null);
        WriteFlavor(json, "old_instance_type_id", m.OldFlavor);
        WriteFlavor(json, "new_instance_type_id", m.NewFlavor);
        json.WriteString("created_at", TimeText.Microseconds(m.CreatedAt));
        json.WriteString("updated_at", TimeText.Microseconds(m.UpdatedAt));
        if (request.At(2, 80))
        {
            json.WriteString("user_id", m.UserId);
            json.WriteString("project_id", m.ProjectId);
        }
        // Only what moves at this moment has an address of its own.
        if (request.At(2, 23) && m.MovesNow)
            ComputeLinks.Write(json, request, $"servers/{m.ServerId}/migrations", m.Number.ToString(CultureInfo.InvariantCulture));
        json.WriteEndObject();
    }

    // Nova shows its own row numbers here; ours are the flavors' ids, numbers where they are written as such.
    private static void WriteFlavor(Utf8JsonWriter json, string name, string id)
    {
        if (long.TryParse(id, out var number)) json.WriteNumber(name, number);
        else json.WriteString(name, id);
    }
}
