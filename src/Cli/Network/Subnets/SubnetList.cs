using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Identity;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Network.Subnets;

sealed class SubnetList(Syntax syntax) : ListCommand(syntax)
{
    private readonly Option<bool> _long = syntax.Flag("--long", "List more fields");
    private readonly Option<string?> _version = syntax.Value("--ip-version", "<ip-version>", "Keep subnets of this IP version", "4", "6");
    private readonly Option<bool> _dhcp = syntax.FlagIn("dhcp", "--dhcp", "Keep subnets with DHCP");
    private readonly Option<bool> _noDhcp = syntax.FlagIn("dhcp", "--no-dhcp", "Keep subnets without DHCP");
    private readonly Option<string[]> _services = syntax.Values("--service-type", "<service-type>", "Keep subnets for this service type (repeatable)");
    private readonly ProjectOption _project = new(syntax, "Keep subnets of this project (name or ID)");
    private readonly Option<string?> _network = syntax.Value("--network", "<network>", "Keep subnets of this network (name or ID)");
    private readonly Option<string?> _gateway = syntax.Value("--gateway", "<gateway>", "Keep subnets with this gateway");
    private readonly Option<string?> _name = syntax.Value("--name", "<name>", "Keep subnets of this name");
    private readonly Option<string?> _range = syntax.Value("--subnet-range", "<subnet-range>", "Keep subnets of this range (CIDR)");
    private readonly Option<string?> _pool = syntax.Value("--subnet-pool", "<subnet-pool>", "Keep subnets of this subnet pool (name or ID)");
    private readonly TagFilter _tags = new(syntax, "subnets");

    public override string Description => "List subnets";

    protected override async Task<Table> List(Call call, CancellationToken cancellation)
    {
        var query = new Query().With("ip_version", call[_version]).With("enable_dhcp", call.Either(_dhcp, _noDhcp))
            .WithAll("service_types", call[_services]).With("project_id", await _project.Id(call, cancellation))
            .With("network_id", await call.Cloud.FindIdOrNull(Resources.Network, call[_network], cancellation))
            .With("gateway_ip", call[_gateway]).With("name", call[_name]).With("cidr", call[_range])
            .With("subnetpool_id", await call.Cloud.FindIdOrNull(Resources.SubnetPool, call[_pool], cancellation));
        var subnets = await call.Cloud.Network.List("/subnets" + _tags.AddTo(query, call), "subnets", cancellation);
        return Table.Of(subnets, call[_long] ? SubnetFields.Long : SubnetFields.Short);
    }
}
