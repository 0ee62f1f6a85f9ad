using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Compute.Attach;

sealed class ServerAddFloatingIp(Syntax syntax) : ActionCommand(syntax)
{
    private readonly Argument<string> _server = syntax.Argument("<server>", "Server (name or ID)");
    private readonly Argument<string> _address = syntax.Argument("<ip-address>", "Floating IP address to add, to the first port that can have it");
    private readonly Option<string?> _fixed = syntax.Value("--fixed-ip-address", "<ip-address>", "Address of the server that it leads to");

    public override string Description => "Add floating IP address to server";

    protected override async Task Act(Call call, CancellationToken cancellation)
    {
        var cloud = call.Cloud;
        var floating = await cloud.FindId(Resources.FloatingIp, call[_address], cancellation);
        var server = await cloud.FindId(Resources.Server, call[_server], cancellation);
        var ports = await cloud.Network.List("/ports?device_id=" + server, "ports", cancellation);
        if (ports.Count == 0) throw new CommandError("No attached ports found to associate floating IP with");
        if (call[_fixed] is { } wanted)
        {
            var port = ports.FirstOrDefault(port => port.Items("fixed_ips").Any(address => address.Text("ip_address") == wanted))
                ?? throw new CommandError($"No port found for fixed IP address {wanted}");
            await Lead(cloud, floating, new JsonObject { ["fixed_ip_address"] = wanted, ["port_id"] = port.Id() }, cancellation);
            return;
        }

        ApiError? last = null;
        foreach (var port in ports)
        {
            try
            {
                await Lead(cloud, floating, new JsonObject { ["port_id"] = port.Id() }, cancellation);
                return;
            }
            catch (ApiError error) when (error.Status == 404)
            {
                // The port's network has no router to the floating network; another port's may have.
                last = error;
            }
        }

        throw last!;
    }

    private static Task Lead(Cloud cloud, string floating, JsonObject body, CancellationToken cancellation) =>
        cloud.Network.Put("/floatingips/" + floating, new JsonObject { ["floatingip"] = body }, cancellation);
}
