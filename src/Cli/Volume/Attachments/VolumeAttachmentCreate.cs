using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Volume.Attachments;

sealed class VolumeAttachmentCreate(Syntax syntax) : ShowCommand(syntax)
{
    private readonly Argument<string> _volume = syntax.Argument("<volume>", "Volume to attach (name or ID)");
    private readonly Argument<string> _server = syntax.Argument("<server>", "Server to attach it to (name or ID)");
    private readonly Option<bool> _connect = syntax.Flag("--connect", "Connect it, as the options below say");
    private readonly Option<bool> _noConnect = syntax.Flag("--no-connect", "Do not connect it (default)");
    private readonly ConnectorOptions _connector = new(syntax);
    private readonly Option<string?> _mode = syntax.Value("--mode", "<mode>", "rw, ro, or null for what the volume says");

    public override string Description => "Create an attachment for a volume: only the record of it, the server does not get the volume. "
        + "Use 'server add volume' for that.";

    protected override async Task<Record?> Show(Call call, CancellationToken cancellation)
    {
        var client = call.Cloud.Volume;
        client.Need("3.27", "'volume attachment create' command");
        if (call.Has(_mode)) client.Need("3.54", "'--mode' option");
        var isConnect = call.Either(_connect, _noConnect) ?? false;
        if (!isConnect && _connector.AreGiven(call))
        {
            throw new CommandError("You must specify the --connect option for any of the connection-specific options "
                + "such as --initiator to be valid");
        }

        var body = new JsonObject
        {
            ["volume_uuid"] = await call.Cloud.FindId(Resources.Volume, call[_volume], cancellation),
            ["connector"] = isConnect ? _connector.Read(call) : new JsonObject(),
            ["instance_uuid"] = await call.Cloud.FindId(Resources.Server, call[_server], cancellation),
        };
        if (call[_mode] is { } mode and not "null") body["mode"] = mode;
        return AttachmentFields.Show(await client.Post("/attachments", new JsonObject { ["attachment"] = body }, cancellation));
    }
}
