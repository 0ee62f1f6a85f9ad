using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Compute.Servers;

sealed class ServerRescue(Syntax syntax) : ActionCommand(syntax)
{
    private readonly Argument<string> _server = syntax.Argument("<server>", "Server (name or ID)");
    private readonly Option<string?> _image = syntax.Value("--image", "<image>", "Image to boot it from meanwhile (name or ID)");
    private readonly Option<string?> _password = syntax.Value("--password", "<password>", "Password for the rescue");

    public override string Description => "Put server in rescue mode";

    protected override async Task Act(Call call, CancellationToken cancellation)
    {
        var image = await call.Cloud.FindIdOrNull(Resources.Image, call[_image], cancellation);
        var id = await call.Cloud.FindId(Resources.Server, call[_server], cancellation);
        var rescue = new JsonObject().With("rescue_image_ref", image).With("adminPass", call[_password]);
        await call.Cloud.Compute.Post($"/servers/{id}/action", new JsonObject { ["rescue"] = rescue.Count == 0 ? null : rescue }, cancellation);
    }
}
