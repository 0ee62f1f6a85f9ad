using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Identity;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Volume.Transfers;

sealed class VolumeTransferRequestAccept(Syntax syntax) : ShowCommand(syntax)
{
    private readonly Argument<string> _transfer = syntax.Argument("<transfer-request-id>", "Volume transfer request to accept (ID)");
    private readonly Option<string?> _key = syntax.Needed("--auth-key", "<key>", "Key that whoever made the request was given");

    public override string Description => "Accept volume transfer request.";

    protected override async Task<Record?> Show(Call call, CancellationToken cancellation)
    {
        // Who accepts it is not who made it, and seldom may see it.
        var id = (await call.Cloud.FindOrNull(Resources.VolumeTransfer, call[_transfer], cancellation))?.Id() ?? call[_transfer];
        var body = new JsonObject { ["accept"] = new JsonObject { ["auth_key"] = call[_key] } };
        var answer = await call.Cloud.Volume.Post($"/os-volume-transfer/{Uri.EscapeDataString(id)}/accept", body, cancellation);
        return Entity.Show(answer["transfer"]!.AsObject());
    }
}
