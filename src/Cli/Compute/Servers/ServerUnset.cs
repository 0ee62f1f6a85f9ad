using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Compute.Servers;

sealed class ServerUnset(Syntax syntax) : ActionCommand(syntax)
{
    private readonly Argument<string> _server = syntax.Argument("<server>", "Server (name or ID)");
    private readonly Option<string[]> _properties = syntax.Values("--property", "<key>", "Remove this property (repeatable)");
    private readonly Option<bool> _description = syntax.Flag("--description", "Remove the description (needs 2.19)");
    private readonly Option<string[]> _tags = syntax.Values("--tag", "<tag>", "Remove this tag (repeatable) (needs 2.26)");

    public override string Description => "Unset server properties and tags";

    protected override async Task Act(Call call, CancellationToken cancellation)
    {
        var compute = call.Cloud.Compute;
        if (call[_description]) compute.Need("2.19", "--description option");
        if (call.Has(_tags)) compute.Need("2.26", "--tag option");
        var path = "/servers/" + await call.Cloud.FindId(Resources.Server, call[_server], cancellation);
        foreach (var key in call[_properties]) await compute.Delete($"{path}/metadata/{Uri.EscapeDataString(key)}", cancellation);
        if (call[_description])
            await compute.Put(path, new JsonObject { ["server"] = new JsonObject { ["description"] = "" } }, cancellation);
        foreach (var tag in call[_tags]) await compute.Delete($"{path}/tags/{Uri.EscapeDataString(tag)}", cancellation);
    }
}
