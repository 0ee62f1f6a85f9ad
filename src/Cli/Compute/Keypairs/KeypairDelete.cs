using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Identity;

namespace Cumulet.Cli.Compute.Keypairs;

sealed class KeypairDelete(Syntax syntax) : DeleteCommand(syntax, Resources.Keypair, "key")
{
    private readonly UserOption _user = new(syntax, "Owner of the keypair (admin only) (name or ID) (needs 2.10)");

    protected override async Task Delete(Call call, string name, CancellationToken cancellation)
    {
        if (_user.IsGiven(call)) call.Cloud.Compute.Need("2.10", "--user option");
        var query = new Query().With("user_id", await _user.Id(call, cancellation));
        await call.Cloud.Compute.Delete($"/os-keypairs/{Uri.EscapeDataString(name)}{query}", cancellation);
    }
}
