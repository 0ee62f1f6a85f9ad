using Cumulet.Cli.Commands;

namespace Cumulet.Cli.Volume.Attachments;

sealed class VolumeAttachmentComplete(Syntax syntax) : ActionCommand(syntax)
{
    private readonly Argument<string> _attachment = syntax.Argument("<attachment>", "Attachment that is complete (ID)");

    public override string Description => "Complete an attachment for a volume.";

    protected override async Task Act(Call call, CancellationToken cancellation)
    {
        call.Cloud.Volume.Need("3.44", "'volume attachment complete' command");
        var path = $"/attachments/{Uri.EscapeDataString(call[_attachment])}/action";
        await call.Cloud.Volume.Post(path, new JsonObject { ["os-complete"] = null }, cancellation);
    }
}
