using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Image.Images;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Compute.Servers;

sealed class ServerBackupCreate(Syntax syntax) : ShowCommand(syntax)
{
    private readonly Argument<string> _server = syntax.Argument("<server>", "Server to back up (name or ID)");
    private readonly Option<string?> _name = syntax.Value("--name", "<image-name>", "Name of the image (default: the server's)");
    private readonly Option<string?> _type = syntax.Value("--type", "<backup-type>", "Kind of backup, a property of the image");
    private readonly Option<string?> _rotate = syntax.Value("--rotate", "<count>", "How many of the kind to keep (default 1)");
    private readonly Option<bool> _wait = syntax.Flag("--wait", "Wait until the image is there");

    public override string Description => "Create a server backup image";

    protected override async Task<Record?> Show(Call call, CancellationToken cancellation)
    {
        var server = await call.Cloud.Find(Resources.Server, call[_server], cancellation);
        var name = call[_name] ?? server.Text("name")!;
        var request = new JsonObject { ["name"] = name, ["backup_type"] = call[_type] ?? "", ["rotation"] = call.Number(_rotate) ?? 1 };
        using var content = ServiceClient.Json(new JsonObject { ["createBackup"] = request });
        using var reply = await call.Cloud.Compute.Send(HttpMethod.Post, $"/servers/{server.Id()}/action", content, cancellation);
        async Task<JsonObject> Ask() => await call.Cloud.Find(Resources.Image, name, cancellation);
        var image = call[_wait] ? await Waiting.Until(call, Ask, ["active"], "creating server backup", cancellation) : await Ask();
        return ImageFields.Show(image);
    }
}
