using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Volume.Transfers;

sealed class VolumeTransferRequestList(Syntax syntax) : ListCommand(syntax)
{
    private readonly Option<bool> _all = syntax.Flag("--all-projects", "Include all projects (admin only)");

    public override string Description => "Lists all volume transfer requests.";

    protected override async Task<Table> List(Call call, CancellationToken cancellation)
    {
        var query = new Query().With("all_tenants", call[_all] ? "1" : null);
        return Table.Of(await call.Cloud.Volume.List("/os-volume-transfer/detail" + query, "transfers", cancellation),
            [.. Columns.Headed("ID", "Name"), Columns.Of("Volume", "volume_id")]);
    }
}
