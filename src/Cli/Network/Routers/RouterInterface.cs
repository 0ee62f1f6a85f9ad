using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Network.Routers;

/// <summary>Connects a router to something or takes it off again: <c>router add|remove subnet|port</c>.</summary>
abstract class RouterInterface(Syntax syntax, Resource resource, string noun, bool isAdd) : ActionCommand(syntax)
{
    private readonly Argument<string> _router = syntax.Argument("<router>", "Router (name or ID)");
    private readonly Argument<string> _thing = syntax.Argument($"<{noun}>", $"{noun} (name or ID)");

    public override string Description => isAdd ? $"Add a {noun} to a router" : $"Remove a {noun} from a router";

    protected override async Task Act(Call call, CancellationToken cancellation)
    {
        var thing = call.Cloud.FindId(resource, call[_thing], cancellation);
        var router = await call.Cloud.FindId(Resources.Router, call[_router], cancellation);
        var body = new JsonObject { [noun + "_id"] = await thing };
        await call.Cloud.Network.Put($"/routers/{router}/{(isAdd ? "add" : "remove")}_router_interface", body, cancellation);
    }
}
