using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Network.Subnets;

namespace Cumulet.Cli.Network.Routers;

sealed class RouterSet(Syntax syntax) : ActionCommand(syntax)
{
    private readonly ExtraProperties _extra = new(syntax);
    private readonly Argument<string> _router = syntax.Argument("<router>", "Router to modify (name or ID)");
    private readonly Option<string?> _name = syntax.Value("--name", "<name>", "New router name");
    private readonly Option<string?> _description = syntax.Value("--description", "<description>", "Description");
    private readonly Option<bool> _enable = syntax.FlagIn("state", "--enable", "Enable the router");
    private readonly Option<bool> _disable = syntax.FlagIn("state", "--disable", "Disable the router");
    private readonly Option<bool> _distributed = syntax.FlagIn("distributed", "--distributed", "Make it distributed (when disabled)");
    private readonly Option<bool> _centralized = syntax.FlagIn("distributed", "--centralized", "Make it centralized (when disabled)");
    private readonly Option<string[]> _routes = syntax.Values("--route", "destination=<subnet>,gateway=<ip-address>",
        "Add this route (repeatable)");
    private readonly Option<bool> _noRoute = syntax.Flag("--no-route", "Forget the routes there are first");
    private readonly Option<bool> _ha = syntax.FlagIn("ha", "--ha", "Make it highly available (when disabled)");
    private readonly Option<bool> _noHa = syntax.FlagIn("ha", "--no-ha", "Make it not highly available (when disabled)");
    private readonly GatewayOptions _gateway = new(syntax);
    private readonly QosPolicyOption _qos = new(syntax, canDetach: true);
    private readonly Tags _tags = new(syntax, Resources.Router, TagUse.Set);

    public override string Description => "Set router properties";

    protected override async Task Act(Call call, CancellationToken cancellation)
    {
        var router = await call.Cloud.Find(Resources.Router, call[_router], cancellation);
        var body = new JsonObject().With("name", call[_name]).With("description", call[_description])
            .With("admin_state_up", call.Either(_enable, _disable)).With("distributed", call.Either(_distributed, _centralized))
            .With("ha", call.Either(_ha, _noHa));
        if (call.Has(_routes) || call[_noRoute])
        {
            var kept = call[_noRoute] ? [] : (router["routes"] as JsonArray ?? []).Select(route => route.Copy());
            body["routes"] = new JsonArray([.. SubnetOptions.Routes(call, _routes), .. kept]);
        }

        await _gateway.AddTo(body, call, cancellation);
        if (_qos.IsGiven(call)) await _qos.AddTo(Gateway(body, router), call, cancellation);
        _extra.AddTo(body, call);
        if (body.Count > 0)
            await call.Cloud.Network.Put("/routers/" + router.Id(), new JsonObject { ["router"] = body }, cancellation);
        await _tags.Apply(call, router, cancellation);
    }

    /// <summary>The gateway that is set in the same breath, or the one that the router has.</summary>
    private static JsonObject Gateway(JsonObject body, JsonObject router)
    {
        if (body["external_gateway_info"] is JsonObject given) return given;
        var network = router["external_gateway_info"].Text("network_id") ?? throw new CommandError("You must specify '--external-gateway' "
            + "or the router must already have an external network in order to set router gateway IP QoS");
        var gateway = new JsonObject { ["network_id"] = network };
        body["external_gateway_info"] = gateway;
        return gateway;
    }
}
