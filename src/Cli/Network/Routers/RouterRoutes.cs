using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Network.Subnets;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Network.Routers;

/// <summary>Adds routes to a router's table or removes them, whatever else is in it: <c>router add|remove route</c>.</summary>
sealed class RouterRoutes(Syntax syntax, bool isAdd) : ShowCommand(syntax)
{
    private readonly Argument<string> _router = syntax.Argument("<router>", "Router (name or ID)");
    private readonly Option<string[]> _routes = syntax.Values("--route", "destination=<subnet>,gateway=<ip-address>",
        isAdd ? "Route to add; one that is there already is as good (repeatable)"
            : "Route to remove; one that is gone already is as good (repeatable)");

    public override string Description => isAdd ? "Add extra static routes to a router's routing table."
        : "Remove extra static routes from a router's routing table.";

    protected override async Task<Record?> Show(Call call, CancellationToken cancellation)
    {
        var router = await call.Cloud.FindId(Resources.Router, call[_router], cancellation);
        var body = new JsonObject { ["routes"] = new JsonArray([.. SubnetOptions.Routes(call, _routes)]) };
        var answer = await call.Cloud.Network.Put($"/routers/{router}/{(isAdd ? "add" : "remove")}_extraroutes",
            new JsonObject { ["router"] = body }, cancellation);
        return RouterFields.Show(answer["router"]!.AsObject(), null);
    }
}
