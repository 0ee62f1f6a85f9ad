using Cumulet.Cli.Commands;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Volume.Attachments;

sealed class VolumeAttachmentSet(Syntax syntax) : ShowCommand(syntax)
{
    private readonly Argument<string> _attachment = syntax.Argument("<attachment>", "Attachment to connect (ID)");
    private readonly ConnectorOptions _connector = new(syntax);

    public override string Description => "Update an attachment for a volume: say who connects to it";

    protected override async Task<Record?> Show(Call call, CancellationToken cancellation)
    {
        call.Cloud.Volume.Need("3.27", "'volume attachment set' command");
        var body = new JsonObject { ["attachment"] = new JsonObject { ["connector"] = _connector.Read(call) } };
        var path = "/attachments/" + Uri.EscapeDataString(call[_attachment]);
        return AttachmentFields.Show(await call.Cloud.Volume.Put(path, body, cancellation));
    }
}
