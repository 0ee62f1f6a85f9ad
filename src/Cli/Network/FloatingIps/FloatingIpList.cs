using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Identity;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Network.FloatingIps;

sealed class FloatingIpList(Syntax syntax) : ListCommand(syntax)
{
    private readonly Option<string?> _network = syntax.Value("--network", "<network>", "Keep floating IPs of this network (name or ID)");
    private readonly Option<string?> _port = syntax.Value("--port", "<port>", "Keep floating IPs of this port (name or ID)");
    private readonly Option<string?> _fixed = syntax.Value("--fixed-ip-address", "<ip-address>", "Keep floating IPs that lead to this address");
    private readonly Option<string?> _floating = syntax.Value("--floating-ip-address", "<ip-address>", "Keep the floating IP of this address");
    private readonly Option<bool> _long = syntax.Flag("--long", "List more fields");
    private readonly Option<string?> _status = syntax.Value("--status", "<status>", "Keep floating IPs in this status", "ACTIVE", "DOWN");
    private readonly ProjectOption _project = new(syntax, "Keep floating IPs of this project (name or ID)");
    private readonly Option<string?> _router = syntax.Value("--router", "<router>", "Keep floating IPs of this router (name or ID)");
    private readonly TagFilter _tags = new(syntax, "floating IPs");

    public override string Description => "List floating IP(s)";

    protected override async Task<Table> List(Call call, CancellationToken cancellation)
    {
        var cloud = call.Cloud;
        var query = new Query().With("floating_network_id", await cloud.FindIdOrNull(Resources.Network, call[_network], cancellation))
            .With("port_id", await cloud.FindIdOrNull(Resources.Port, call[_port], cancellation)).With("fixed_ip_address", call[_fixed])
            .With("floating_ip_address", call[_floating]).With("status", call[_status]).With("project_id", await _project.Id(call, cancellation))
            .With("router_id", await cloud.FindIdOrNull(Resources.Router, call[_router], cancellation));
        var addresses = await cloud.Network.List("/floatingips" + _tags.AddTo(query, call), "floatingips", cancellation);
        return Table.Of(addresses, call[_long] ? FloatingIpFields.Long : FloatingIpFields.Short);
    }
}
