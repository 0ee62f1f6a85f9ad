using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Network.Routers;

/// <summary>A router's way to the outside.</summary>
sealed class GatewayOptions(Syntax syntax)
{
    private readonly Option<string?> _network = syntax.Value("--external-gateway", "<network>", "External network to connect it to (name or ID)");
    private readonly Option<string[]> _addresses = syntax.Values("--fixed-ip", "subnet=<subnet>,ip-address=<ip-address>",
        "Address or subnet on the external network (repeatable)");
    private readonly Option<bool> _snat = syntax.FlagIn("snat", "--enable-snat", "Translate the addresses of what goes out");
    private readonly Option<bool> _noSnat = syntax.FlagIn("snat", "--disable-snat", "Do not translate them");

    public async Task AddTo(JsonObject body, Call call, CancellationToken cancellation)
    {
        if (call[_network] is not { } network)
        {
            if (call.Has(_addresses) || call[_snat] || call[_noSnat])
                throw new CommandError("You must specify '--external-gateway' in order to specify SNAT or fixed-ip values");
            return;
        }

        var gateway = new JsonObject { ["network_id"] = await call.Cloud.FindId(Resources.Network, network, cancellation) };
        if (call.Either(_snat, _noSnat) is { } snat) gateway["enable_snat"] = snat;
        if (call.Has(_addresses))
            gateway["external_fixed_ips"] = new JsonArray([.. await FixedIps.Read(call, _addresses, cancellation)]);
        body["external_gateway_info"] = gateway;
    }
}
