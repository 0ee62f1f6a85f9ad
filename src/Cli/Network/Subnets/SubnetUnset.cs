using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Network.Subnets;

sealed class SubnetUnset(Syntax syntax) : ActionCommand(syntax)
{
    private readonly ExtraProperties _extra = new(syntax);
    private readonly Option<string[]> _pools = syntax.Values("--allocation-pool", "start=<ip-address>,end=<ip-address>", "Remove this pool (repeatable)");
    private readonly Option<bool> _gateway = syntax.Flag("--gateway", "Remove the gateway");
    private readonly Option<string[]> _servers = syntax.Values("--dns-nameserver", "<dns-nameserver>", "Remove this DNS server (repeatable)");
    private readonly Option<string[]> _routes = syntax.Values("--host-route", "destination=<subnet>,gateway=<ip-address>", "Remove this route (repeatable)");
    private readonly Option<string[]> _services = syntax.Values("--service-type", "<service-type>", "Remove this service type (repeatable)");
    private readonly Tags _tags = new(syntax, Resources.Subnet, TagUse.Unset);
    private readonly Argument<string> _subnet = syntax.Argument("<subnet>", "Subnet to modify (name or ID)");

    public override string Description => "Unset subnet properties";

    protected override async Task Act(Call call, CancellationToken cancellation)
    {
        var subnet = await call.Cloud.Find(Resources.Subnet, call[_subnet], cancellation);
        var body = new JsonObject();
        if (call[_gateway]) body["gateway_ip"] = null;
        if (call.Has(_pools)) body["allocation_pools"] = Lists.Without(subnet, "allocation_pools", SubnetOptions.Pools(call, _pools), "Subnet", "allocation-pool");
        if (call.Has(_servers)) body["dns_nameservers"] = Lists.Without(subnet, "dns_nameservers", call[_servers].Select(text => (JsonNode)text), "Subnet", "dns-nameservers");
        if (call.Has(_routes)) body["host_routes"] = Lists.Without(subnet, "host_routes", SubnetOptions.Routes(call, _routes), "Subnet", "host-route");
        if (call.Has(_services)) body["service_types"] = Lists.Without(subnet, "service_types", call[_services].Select(text => (JsonNode)text), "Subnet", "service-type");
        _extra.ClearIn(body, call);
        if (body.Count > 0)
            await call.Cloud.Network.Put("/subnets/" + subnet.Id(), new JsonObject { ["subnet"] = body }, cancellation);
        await _tags.Apply(call, subnet, cancellation);
    }
}
