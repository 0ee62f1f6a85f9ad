using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Identity;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Volume.Snapshots;

sealed class VolumeSnapshotList(Syntax syntax) : ListCommand(syntax)
{
    private readonly Option<bool> _all = syntax.Flag("--all-projects", "Include all projects (admin only)");
    private readonly ProjectOption _project = new(syntax, "Keep snapshots of this project (admin only) (name or ID)");
    private readonly Option<bool> _long = syntax.Flag("--long", "List more fields");
    private readonly Option<string?> _marker = syntax.Value("--marker", "<volume-snapshot>", "Begin behind this snapshot (ID)");
    private readonly Option<string?> _limit = syntax.Value("--limit", "<num-snapshots>", "Most snapshots to list");
    private readonly Option<string?> _name = syntax.Value("--name", "<name>", "Keep snapshots of this name");
    private readonly Option<string?> _status = syntax.Value("--status", "<status>", "Keep snapshots in this status",
        "available", "error", "creating", "deleting", "error_deleting");
    private readonly Option<string?> _volume = syntax.Value("--volume", "<volume>", "Keep snapshots of this volume (name or ID)");

    public override string Description => "List volume snapshots";

    protected override async Task<Table> List(Call call, CancellationToken cancellation)
    {
        var client = call.Cloud.Volume;
        var limit = call.Number(_limit);
        var project = await _project.Id(call, cancellation);
        var query = new Query().With("all_tenants", call[_all] || project is not null ? "1" : null).With("project_id", project)
            .With("name", call[_name]).With("status", call[_status]).With("marker", call[_marker]).With("limit", limit)
            .With("volume_id", await call.Cloud.FindIdOrNull(Resources.Volume, call[_volume], cancellation));
        var snapshots = await client.List("/snapshots/detail" + query, "snapshots", cancellation, limit);
        var columns = Columns.Headed("ID", "Name", "Description", "Status", "Size");
        if (!call[_long]) return Table.Of(snapshots, columns);
        var names = await VolumeNames.Read(client, cancellation);
        return Table.Of(snapshots,
            [.. columns, Columns.Of("Created At", "created_at"), names.Column, Columns.Of("Properties", "metadata", Cell.Pairs)]);
    }
}
