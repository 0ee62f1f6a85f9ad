using Cumulet.Cli.Commands;

namespace Cumulet.Cli.Volume.Attachments;

sealed class VolumeAttachmentDelete(Syntax syntax) : ActionCommand(syntax)
{
    private readonly Argument<string> _attachment = syntax.Argument("<attachment>", "Attachment to delete (ID)");

    public override string Description => "Delete an attachment for a volume: only the record of it, the server keeps the volume. "
        + "Use 'server remove volume' for that.";

    protected override async Task Act(Call call, CancellationToken cancellation)
    {
        call.Cloud.Volume.Need("3.27", "'volume attachment delete' command");
        await call.Cloud.Volume.Delete("/attachments/" + Uri.EscapeDataString(call[_attachment]), cancellation);
    }
}
