using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Identity;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Network.Networks;

sealed class NetworkList(Syntax syntax) : ListCommand(syntax)
{
    private readonly Option<bool> _external = syntax.FlagIn("external", "--external", "List external networks");
    private readonly Option<bool> _internal = syntax.FlagIn("external", "--internal", "List internal networks");
    private readonly Option<bool> _long = syntax.Flag("--long", "List more fields");
    private readonly Option<string?> _name = syntax.Value("--name", "<name>", "Keep networks of this name");
    private readonly Option<bool> _enable = syntax.FlagIn("state", "--enable", "List enabled networks");
    private readonly Option<bool> _disable = syntax.FlagIn("state", "--disable", "List disabled networks");
    private readonly ProjectOption _project = new(syntax, "Keep networks of this project (name or ID)");
    private readonly Option<bool> _share = syntax.FlagIn("share", "--share", "List networks shared between projects");
    private readonly Option<bool> _noShare = syntax.FlagIn("share", "--no-share", "List networks not shared between projects");
    private readonly Option<string?> _status =
        syntax.Value("--status", "<status>", "Keep networks in this status", "ACTIVE", "BUILD", "DOWN", "ERROR");
    private readonly Option<string?> _type = syntax.Value("--provider-network-type", "<provider-network-type>",
        "Keep networks of this type", "flat", "geneve", "gre", "local", "vlan", "vxlan");
    private readonly Option<string?> _physical =
        syntax.Value("--provider-physical-network", "<provider-physical-network>", "Keep networks on this physical network");
    private readonly Option<string?> _segment = syntax.Value("--provider-segment", "<provider-segment>", "Keep networks with this VLAN or tunnel ID");
    private readonly Option<string?> _agent = syntax.Value("--agent", "<agent-id>", "List networks hosted by this agent (ID only)");
    private readonly TagFilter _tags = new(syntax, "networks");

    public override string Description => "List networks";

    protected override async Task<Table> List(Call call, CancellationToken cancellation)
    {
        var query = new Query().With("router:external", call.Either(_external, _internal)).With("name", call[_name])
            .With("admin_state_up", call.Either(_enable, _disable)).With("project_id", await _project.Id(call, cancellation))
            .With("shared", call.Either(_share, _noShare)).With("status", call[_status]).With("provider:network_type", call[_type])
            .With("provider:physical_network", call[_physical]).With("provider:segmentation_id", call[_segment]);
        _tags.AddTo(query, call);
        var path = call[_agent] is { } agent ? $"/agents/{agent}/dhcp-networks" : "/networks" + query;
        var networks = await call.Cloud.Network.List(path, "networks", cancellation);
        return Table.Of(networks, call[_long] ? NetworkFields.Long : NetworkFields.Short);
    }
}
