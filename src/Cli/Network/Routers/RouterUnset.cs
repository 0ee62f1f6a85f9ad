using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Network.Subnets;

namespace Cumulet.Cli.Network.Routers;

sealed class RouterUnset(Syntax syntax) : ActionCommand(syntax)
{
    private readonly ExtraProperties _extra = new(syntax);
    private readonly Option<string[]> _routes = syntax.Values("--route", "destination=<subnet>,gateway=<ip-address>",
        "Remove this route (repeatable)");
    private readonly Option<bool> _gateway = syntax.Flag("--external-gateway", "Take away its external network");
    private readonly Option<bool> _qos = syntax.Flag("--qos-policy", "Detach the QoS policy of its addresses outside");
    private readonly Argument<string> _router = syntax.Argument("<router>", "Router to modify (name or ID)");
    private readonly Tags _tags = new(syntax, Resources.Router, TagUse.Unset);

    public override string Description => "Unset router properties";

    protected override async Task Act(Call call, CancellationToken cancellation)
    {
        var router = await call.Cloud.Find(Resources.Router, call[_router], cancellation);
        var body = new JsonObject();
        if (call.Has(_routes)) body["routes"] = Lists.Without(router, "routes", SubnetOptions.Routes(call, _routes), "Router", "route");
        if (call[_qos])
        {
            var network = router["external_gateway_info"].Text("network_id")
                ?? throw new CommandError("Router does not have external network or qos policy");
            body["external_gateway_info"] = new JsonObject { ["network_id"] = network, ["qos_policy_id"] = null };
        }

        if (call[_gateway]) body["external_gateway_info"] = new JsonObject();
        _extra.ClearIn(body, call);
        if (body.Count > 0)
            await call.Cloud.Network.Put("/routers/" + router.Id(), new JsonObject { ["router"] = body }, cancellation);
        await _tags.Apply(call, router, cancellation);
    }
}
