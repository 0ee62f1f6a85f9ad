using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Network.Trunks;

sealed class SubportList(Syntax syntax) : ListCommand(syntax)
{
    private readonly Option<string?> _trunk = syntax.Needed("--trunk", "<trunk>", "List subports belonging to this trunk (name or ID)");

    public override string Description => "List all subports for a given network trunk";

    protected override async Task<Table> List(Call call, CancellationToken cancellation)
    {
        var trunk = await call.Cloud.FindId(Resources.Trunk, call[_trunk]!, cancellation);
        var answer = await call.Cloud.Network.Get($"/trunks/{trunk}/get_subports", cancellation);
        return Table.Of(answer.Items("sub_ports"),
        [
            Columns.Of("Port", "port_id"), Columns.Of("Segmentation Type", "segmentation_type"), Columns.Of("Segmentation ID",
                "segmentation_id"),
        ]);
    }
}
