using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Identity;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Network.Ports;

sealed class PortList(Syntax syntax) : ListCommand(syntax)
{
    private readonly Option<string?> _owner = syntax.Value("--device-owner", "<device-owner>", "Keep ports with this device owner");
    private readonly Option<string?> _host = syntax.Value("--host", "<host-id>", "Keep ports bound on this host");
    private readonly Option<string?> _network = syntax.Value("--network", "<network>", "Keep ports of this network (name or ID)");
    private readonly Option<string?> _router = syntax.ValueIn("device", "--router", "<router>", "Keep ports of this router (name or ID)");
    private readonly Option<string?> _server = syntax.ValueIn("device", "--server", "<server>", "Keep ports of this server (name or ID)");
    private readonly Option<string?> _device = syntax.ValueIn("device", "--device-id", "<device-id>", "Keep ports with this device ID");
    private readonly Option<string?> _mac = syntax.Value("--mac-address", "<mac-address>", "Keep ports with this MAC address");
    private readonly Option<bool> _long = syntax.Flag("--long", "List more fields");
    private readonly ProjectOption _project = new(syntax, "Keep ports of this project (name or ID)");
    private readonly Option<string?> _name = syntax.Value("--name", "<name>", "Keep ports of this name");
    private readonly Option<string[]> _groups = syntax.Values("--security-group", "<security-group>", "Keep ports with this security group (ID) (repeatable)");
    private readonly Option<string[]> _addresses = syntax.Values("--fixed-ip",
        "subnet=<subnet>,ip-address=<ip-address>,ip-substring=<ip-substring>", "Keep ports with such an address (repeatable)");
    private readonly TagFilter _tags = new(syntax, "ports");

    public override string Description => "List ports";

    protected override async Task<Table> List(Call call, CancellationToken cancellation)
    {
        var cloud = call.Cloud;
        var device = call[_device] ?? await cloud.FindIdOrNull(Resources.Router, call[_router], cancellation)
            ?? await cloud.FindIdOrNull(Resources.Server, call[_server], cancellation);
        var query = new Query().With("device_owner", call[_owner]).With("device_id", device).With("binding:host_id", call[_host])
            .With("network_id", await cloud.FindIdOrNull(Resources.Network, call[_network], cancellation)).With("mac_address", call[_mac])
            .With("project_id", await _project.Id(call, cancellation)).With("name", call[_name]).WithAll("security_groups", call[_groups]);
        foreach (var text in call[_addresses])
        {
            var fields = call.Fields(_addresses, text, "subnet", "ip-address", "ip-substring");
            var subnet = await cloud.FindIdOrNull(Resources.Subnet, fields.GetValueOrDefault("subnet"), cancellation);
            if (subnet is not null) query.With("fixed_ips", "subnet_id=" + subnet);
            if (fields.TryGetValue("ip-address", out var address)) query.With("fixed_ips", "ip_address=" + address);
            if (fields.TryGetValue("ip-substring", out var part)) query.With("fixed_ips", "ip_address_substr=" + part);
        }

        var ports = await cloud.Network.List("/ports" + _tags.AddTo(query, call), "ports", cancellation);
        return Table.Of(ports, PortFields.Columns(call[_long], WantedColumns(call)));
    }

    protected override string Header(string column) => PortFields.Header(column);
}
