using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Volume.Groups;

sealed class VolumeGroupList(Syntax syntax) : ListCommand(syntax)
{
    private readonly Option<bool> _all = syntax.Flag("--all-projects", "Include all projects (admin only)");

    public override string Description => "Lists all volume groups.";

    protected override async Task<Table> List(Call call, CancellationToken cancellation)
    {
        call.Cloud.Volume.Need("3.13", "'volume group list' command");
        var query = new Query().With("all_tenants", call[_all] || call.Terminal.Variable("ALL_PROJECTS") is not null ? "1" : null);
        var groups = await call.Cloud.Volume.List("/groups/detail" + query, "groups", cancellation);
        return Table.Of(groups, Columns.Headed("ID", "Status", "Name"));
    }
}
