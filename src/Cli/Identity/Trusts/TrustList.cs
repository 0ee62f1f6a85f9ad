using Cumulet.Cli.Commands;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Identity.Trusts;

sealed class TrustList(Syntax syntax) : ListCommand(syntax)
{
    public override string Description => "List trusts";

    protected override async Task<Table> List(Call call, CancellationToken cancellation) =>
        Table.Of(await call.Cloud.Identity.List("/OS-TRUST/trusts", "trusts", cancellation),
            Columns.Headed("ID", "Expires At", "Impersonation", "Project ID", "Trustee User ID", "Trustor User ID"));
}
