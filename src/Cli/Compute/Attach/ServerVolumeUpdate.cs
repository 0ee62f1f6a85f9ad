using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Compute.Attach;

sealed class ServerVolumeUpdate(Syntax syntax) : ActionCommand(syntax)
{
    private readonly Argument<string> _server = syntax.Argument("<server>", "Server (name or ID)");
    private readonly Argument<string> _volume = syntax.Argument("<volume>", "Volume (ID)");
    private readonly Option<bool> _delete = syntax.FlagIn("delete", "--delete-on-termination", "Delete the volume with the server (needs 2.85)");
    private readonly Option<bool> _keep = syntax.FlagIn("delete", "--preserve-on-termination", "Keep the volume when the server goes (needs 2.85)");

    public override string Description => "Update a volume attachment on the server.";

    protected override async Task Act(Call call, CancellationToken cancellation)
    {
        if (call.Either(_delete, _keep) is not { } delete) return;
        call.Cloud.Compute.Need("2.85", "-delete-on-termination or --preserve-on-termination option");
        var server = await call.Cloud.FindId(Resources.Server, call[_server], cancellation);
        var volume = await call.Cloud.FindId(Resources.Volume, call[_volume], cancellation);
        var body = new JsonObject { ["volumeAttachment"] = new JsonObject { ["volumeId"] = volume, ["delete_on_termination"] = delete } };
        await call.Cloud.Compute.Put($"/servers/{server}/os-volume_attachments/{volume}", body, cancellation);
    }
}
