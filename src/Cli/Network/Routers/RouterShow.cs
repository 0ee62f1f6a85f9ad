using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Network.Routers;

sealed class RouterShow(Syntax syntax) : ShowCommand(syntax)
{
    private readonly Argument<string> _router = syntax.Argument("<router>", "Router to display (name or ID)");

    public override string Description => "Display router details";

    protected override async Task<Record?> Show(Call call, CancellationToken cancellation)
    {
        var router = await call.Cloud.Find(Resources.Router, call[_router], cancellation);
        var ports = await call.Cloud.Network.List("/ports?device_id=" + router.Id(), "ports", cancellation);
        var interfaces = ports.Where(port => port.Text("device_owner") != "network:router_gateway")
            .SelectMany(port => port.Items("fixed_ips").Select(address => (JsonNode?)new JsonObject
            {
                ["port_id"] = port.Id(), ["ip_address"] = address.Text("ip_address"), ["subnet_id"] = address.Text("subnet_id"),
            }));
        return RouterFields.Show(router, new JsonArray([.. interfaces]));
    }
}
