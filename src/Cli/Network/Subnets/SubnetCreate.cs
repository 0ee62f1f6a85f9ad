using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Identity;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Network.Subnets;

sealed class SubnetCreate(Syntax syntax) : ShowCommand(syntax)
{
    private static readonly string[] Modes = ["dhcpv6-stateful", "dhcpv6-stateless", "slaac"];

    private readonly ExtraProperties _extra = new(syntax);
    private readonly Argument<string> _name = syntax.Argument("<name>", "New subnet name");
    private readonly ProjectOption _project = new(syntax, "Owner's project (name or ID)");
    private readonly Option<string?> _pool = syntax.ValueIn("pool", "--subnet-pool", "<subnet-pool>", "Subnet pool to take its range from (name or ID)");
    private readonly Option<bool> _delegation = syntax.FlagIn("pool", "--use-prefix-delegation", "Take the range by prefix delegation");
    private readonly Option<bool> _defaultPool = syntax.FlagIn("pool", "--use-default-subnet-pool", "Take the range from the default pool");
    private readonly Option<string?> _prefix = syntax.Value("--prefix-length", "<prefix-length>", "Length of the prefix to take from the pool");
    private readonly Option<string?> _range = syntax.Value("--subnet-range", "<subnet-range>", "Range of addresses (CIDR)");
    private readonly SubnetOptions _options = new(syntax, isCreate: true);
    private readonly Option<string?> _version = syntax.Value("--ip-version", "{4,6}", "IP version (default 4)", "4", "6");
    private readonly Option<string?> _raMode = syntax.Value("--ipv6-ra-mode", "<mode>", "Mode of router advertisements", Modes);
    private readonly Option<string?> _addressMode = syntax.Value("--ipv6-address-mode", "<mode>", "Mode of IPv6 addresses", Modes);
    private readonly Option<string?> _network = syntax.Needed("--network", "<network>", "Network it belongs to (name or ID)");
    private readonly Tags _tags = new(syntax, Resources.Subnet, TagUse.Create);

    public override string Description => "Create a subnet";

    protected override async Task<Record?> Show(Call call, CancellationToken cancellation)
    {
        var body = await _options.Read(call, cancellation);
        body["name"] = call[_name];
        body["network_id"] = await call.Cloud.FindId(Resources.Network, call[_network]!, cancellation);
        body["ip_version"] = call.Number(_version) ?? 4;
        body.With("project_id", await _project.Id(call, cancellation)).With("cidr", call[_range]).With("prefixlen", call.Number(_prefix))
            .With("ipv6_ra_mode", call[_raMode]).With("ipv6_address_mode", call[_addressMode])
            .With("subnetpool_id", call[_delegation] ? "prefix_delegation"
                : await call.Cloud.FindIdOrNull(Resources.SubnetPool, call[_pool], cancellation));
        if (call[_defaultPool]) body["use_default_subnet_pool"] = true;
        _extra.AddTo(body, call);
        var answer = await call.Cloud.Network.Post("/subnets", new JsonObject { ["subnet"] = body }, cancellation);
        var subnet = answer["subnet"]!.AsObject();
        await _tags.Apply(call, subnet, cancellation);
        return SubnetFields.Show(subnet);
    }
}
