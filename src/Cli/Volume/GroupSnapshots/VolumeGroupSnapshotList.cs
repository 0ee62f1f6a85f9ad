using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Volume.GroupSnapshots;

sealed class VolumeGroupSnapshotList(Syntax syntax) : ListCommand(syntax)
{
    private readonly Option<bool> _all = syntax.Flag("--all-projects", "Include all projects (admin only)");

    public override string Description => "Lists all volume group snapshot.";

    protected override async Task<Table> List(Call call, CancellationToken cancellation)
    {
        call.Cloud.Volume.Need("3.14", "'volume group snapshot list' command");
        var query = new Query().With("all_tenants", call[_all] || call.Terminal.Variable("ALL_PROJECTS") is not null ? "1" : null);
        var snapshots = await call.Cloud.Volume.List("/group_snapshots/detail" + query, "group_snapshots", cancellation);
        return Table.Of(snapshots, Columns.Headed("ID", "Status", "Name"));
    }
}
