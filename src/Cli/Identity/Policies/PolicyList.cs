using Cumulet.Cli.Commands;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Identity.Policies;

sealed class PolicyList(Syntax syntax) : ListCommand(syntax)
{
    private readonly Option<bool> _long = syntax.Flag("--long", "List more fields");

    public override string Description => "List policies";

    protected override async Task<Table> List(Call call, CancellationToken cancellation)
    {
        var columns = Columns.Headed("ID", "Type");
        return Table.Of(await call.Cloud.Identity.List("/policies", "policies", cancellation),
            call[_long] ? [.. columns, Columns.Of("Rules", "blob")] : columns);
    }
}
