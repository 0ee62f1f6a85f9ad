using Cumulet.Cli.Commands;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Volume.Attachments;

sealed class VolumeAttachmentShow(Syntax syntax) : ShowCommand(syntax)
{
    private readonly Argument<string> _attachment = syntax.Argument("<attachment>", "Attachment to display (ID)");

    public override string Description => "Show detailed information for a volume attachment.";

    protected override async Task<Record?> Show(Call call, CancellationToken cancellation)
    {
        call.Cloud.Volume.Need("3.27", "'volume attachment show' command");
        return AttachmentFields.Show(await call.Cloud.Volume.Get("/attachments/" + Uri.EscapeDataString(call[_attachment]), cancellation));
    }
}
