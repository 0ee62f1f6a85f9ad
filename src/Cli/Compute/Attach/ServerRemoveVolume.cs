using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Compute.Attach;

sealed class ServerRemoveVolume(Syntax syntax) : ActionCommand(syntax)
{
    private readonly Argument<string> _server = syntax.Argument("<server>", "Server (name or ID)");
    private readonly Argument<string> _volume = syntax.Argument("<volume>", "Volume to remove (name or ID)");

    public override string Description => "Remove volume from server";

    protected override async Task Act(Call call, CancellationToken cancellation)
    {
        var volume = call.Cloud.FindId(Resources.Volume with { Noun = "Volume", SaysFoundFor = true }, call[_volume], cancellation);
        var server = await call.Cloud.FindId(Resources.Server with { Noun = "Server", SaysFoundFor = true }, call[_server], cancellation);
        await call.Cloud.Compute.Delete($"/servers/{server}/os-volume_attachments/{await volume}", cancellation);
    }
}
