using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Compute.Attach;

/// <summary>Gives a server one more interface: <c>server add port|network</c>.</summary>
abstract class ServerAddInterface(Syntax syntax, Resource resource, string noun, string key) : ActionCommand(syntax)
{
    private readonly Argument<string> _server = syntax.Argument("<server>", $"Server to add the {noun} to (name or ID)");
    private readonly Argument<string> _thing = syntax.Argument($"<{noun}>", $"{noun} to add to the server (name or ID)");
    private readonly Option<string?> _tag = syntax.Value("--tag", "<tag>", "Tag of the interface (needs 2.49)");

    public override string Description => $"Add {noun} to server";

    protected override async Task Act(Call call, CancellationToken cancellation)
    {
        if (call.Has(_tag)) call.Cloud.Compute.Need("2.49", "--tag option");
        var thing = call.Cloud.FindId(resource, call[_thing], cancellation);
        var server = await call.Cloud.FindId(Resources.Server with { Noun = "Server", SaysFoundFor = true }, call[_server], cancellation);
        var body = new JsonObject { [key] = await thing }.With("tag", call[_tag]);
        await call.Cloud.Compute.Post($"/servers/{server}/os-interface", new JsonObject { ["interfaceAttachment"] = body }, cancellation);
    }
}
