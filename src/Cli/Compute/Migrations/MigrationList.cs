using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Identity;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Compute.Migrations;

sealed class MigrationList(Syntax syntax) : ListCommand(syntax)
{
    private readonly Option<string?> _server = syntax.Value("--server", "<server>", "Keep migrations of this server (name or ID)");
    private readonly Option<string?> _host = syntax.Value("--host", "<host>", "Keep migrations from or to this host");
    private readonly Option<string?> _status = syntax.Value("--status", "<status>", "Keep migrations in this status");
    private readonly Option<string?> _type = syntax.Value("--type", "<type>", "Keep migrations of this type",
        "evacuation", "live-migration", "cold-migration", "resize");
    private readonly Option<string?> _marker = syntax.Value("--marker", "<marker>", "Begin behind this migration (UUID) (needs 2.59)");
    private readonly Option<string?> _limit = syntax.Value("--limit", "<limit>", "Most migrations to list (needs 2.59)");
    private readonly Option<string?> _since = syntax.Value("--changes-since", "<changes-since>",
        "Keep those changed since this time (needs 2.59)");
    private readonly Option<string?> _before = syntax.Value("--changes-before", "<changes-before>",
        "Keep those changed up to this time (needs 2.66)");
    private readonly ProjectOption _project = new(syntax, "Keep migrations of this project (name or ID) (needs 2.80)");
    private readonly UserOption _user = new(syntax, "Keep migrations of this user (name or ID) (needs 2.80)");

    public override string Description => "List server migrations";

    protected override async Task<Table> List(Call call, CancellationToken cancellation)
    {
        NeedVersions(call);
        var limit = call.Number(_limit);
        var query = new Query().With("host", call[_host]).With("status", call[_status])
            .With("instance_uuid", await call.Cloud.FindIdOrNull(Resources.Server, call[_server], cancellation))
            .With("migration_type", call[_type] == "cold-migration" ? "migration" : call[_type]).With("marker", call[_marker])
            .With("limit", limit).With("changes-since", call[_since]).With("changes-before", call[_before])
            .With("project_id", await _project.Id(call, cancellation)).With("user_id", await _user.Id(call, cancellation));
        var migrations = await call.Cloud.Compute.List("/os-migrations" + query, "migrations", cancellation, limit);
        return Table.Of(migrations, [.. Shown(call)]);
    }

    private IEnumerable<(string, Func<JsonObject, Cell>)> Shown(Call call)
    {
        var compute = call.Cloud.Compute;
        if (compute.AtLeast("2.23")) yield return Columns.Of("Id", "id");
        if (compute.AtLeast("2.59")) yield return Columns.Of("UUID", "uuid");
        yield return Columns.Of("Source Node", "source_node");
        yield return Columns.Of("Dest Node", "dest_node");
        yield return Columns.Of("Source Compute", "source_compute");
        yield return Columns.Of("Dest Compute", "dest_compute");
        yield return Columns.Of("Dest Host", "dest_host");
        yield return Columns.Of("Status", "status");
        yield return Columns.Of("Server UUID", "instance_uuid");
        yield return Columns.Of("Old Flavor", "old_instance_type_id");
        yield return Columns.Of("New Flavor", "new_instance_type_id");
        if (compute.AtLeast("2.23")) yield return Columns.Of("Type", "migration_type");
        if (compute.AtLeast("2.80") && _project.IsGiven(call)) yield return Columns.Of("Project", "project_id");
        if (compute.AtLeast("2.80") && _user.IsGiven(call)) yield return Columns.Of("User", "user_id");
        yield return Columns.Of("Created At", "created_at");
        yield return Columns.Of("Updated At", "updated_at");
    }

    private void NeedVersions(Call call)
    {
        var compute = call.Cloud.Compute;
        if (call.Has(_marker)) compute.Need("2.59", "--marker option");
        if (call.Has(_limit)) compute.Need("2.59", "--limit option");
        if (call.Has(_since)) compute.Need("2.59", "--changes-since option");
        if (call.Has(_before)) compute.Need("2.66", "--changes-before option");
        if (_project.IsGiven(call)) compute.Need("2.80", "--project option");
        if (_user.IsGiven(call)) compute.Need("2.80", "--user option");
    }
}
