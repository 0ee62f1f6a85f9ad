using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Identity;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Compute.Keypairs;

sealed class KeypairShow(Syntax syntax) : ShowCommand(syntax)
{
    private readonly Argument<string> _key = syntax.Argument("<key>", "Keypair to display (name only)");
    private readonly Option<bool> _publicKey = syntax.Flag("--public-key", "Show only the bare public key");
    private readonly UserOption _user = new(syntax, "Owner of the keypair (admin only) (name or ID) (needs 2.10)");

    public override string Description => "Display key details";

    protected override async Task<Record?> Show(Call call, CancellationToken cancellation)
    {
        var compute = call.Cloud.Compute;
        compute.Prefer("2.2");
        if (_user.IsGiven(call)) compute.Need("2.10", "--user option");
        var query = new Query().With("user_id", await _user.Id(call, cancellation));
        var answer = await compute.GetOrNull($"/os-keypairs/{Uri.EscapeDataString(call[_key])}{query}", cancellation)
            ?? throw new CommandError($"No Keypair found for {call[_key]}");
        var keypair = answer["keypair"]!.AsObject();
        if (!call[_publicKey]) return KeypairFields.Show(keypair);
        call.Terminal.Out.Write(keypair.Text("public_key"));
        return null;
    }
}
