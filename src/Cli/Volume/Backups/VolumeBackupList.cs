using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Volume.Backups;

sealed class VolumeBackupList(Syntax syntax) : ListCommand(syntax)
{
    private readonly Option<bool> _long = syntax.Flag("--long", "List more fields");
    private readonly Option<string?> _name = syntax.Value("--name", "<name>", "Keep backups of this name");
    private readonly Option<string?> _status = syntax.Value("--status", "<status>", "Keep backups in this status",
        "creating", "available", "deleting", "error", "restoring", "error_restoring");
    private readonly Option<string?> _volume = syntax.Value("--volume", "<volume>", "Keep backups of this volume (name or ID)");
    private readonly Option<string?> _marker = syntax.Value("--marker", "<volume-backup>", "Begin behind this backup (name or ID)");
    private readonly Option<string?> _limit = syntax.Value("--limit", "<num-backups>", "Most backups to list");
    private readonly Option<bool> _all = syntax.Flag("--all-projects", "Include all projects (admin only)");

    public override string Description => "List volume backups";

    protected override async Task<Table> List(Call call, CancellationToken cancellation)
    {
        var limit = call.Number(_limit);
        // A volume that is gone may have backups still: then the text is its id.
        var volume = call[_volume] is { } name ? (await call.Cloud.FindOrNull(Resources.Volume, name, cancellation))?.Id() ?? name : null;
        var query = new Query().With("all_tenants", call[_all] ? "1" : null).With("name", call[_name]).With("status", call[_status])
            .With("volume_id", volume).With("limit", limit)
            .With("marker", await call.Cloud.FindIdOrNull(Resources.Backup, call[_marker], cancellation));
        var backups = await call.Cloud.Volume.List("/backups/detail" + query, "backups", cancellation, limit);
        var columns = Columns.Headed("ID", "Name", "Description", "Status", "Size");
        if (!call[_long]) return Table.Of(backups, columns);
        var names = await VolumeNames.Read(call.Cloud.Volume, cancellation);
        return Table.Of(backups,
            [.. columns, Columns.Of("Availability Zone", "availability_zone"), names.Column, Columns.Of("Container", "container")]);
    }
}
