using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Network.Agents;

sealed class NetworkAgentList(Syntax syntax) : ListCommand(syntax)
{
    private static readonly Dictionary<string, string> Types = new()
    {
        ["bgp"] = "BGP dynamic routing agent", ["dhcp"] = "DHCP agent", ["open-vswitch"] = "Open vSwitch agent",
        ["linux-bridge"] = "Linux bridge agent", ["ofa"] = "OFA driver agent", ["l3"] = "L3 agent", ["loadbalancer"] = "Loadbalancer agent",
        ["metering"] = "Metering agent", ["metadata"] = "Metadata agent", ["macvtap"] = "Macvtap agent", ["nic"] = "NIC Switch agent",
    };

    private readonly Option<string?> _type = syntax.Value("--agent-type", "<agent-type>", "Keep agents of this type", [.. Types.Keys]);
    private readonly Option<string?> _host = syntax.Value("--host", "<host>", "Keep agents on this host");
    private readonly Option<string?> _network = syntax.ValueIn("of", "--network", "<network>", "Keep agents that serve this network (name or ID)");
    private readonly Option<string?> _router = syntax.ValueIn("of", "--router", "<router>", "Keep agents that serve this router (name or ID)");
    private readonly Option<bool> _long = syntax.Flag("--long", "List more fields");

    public override string Description => "List network agents";

    protected override async Task<Table> List(Call call, CancellationToken cancellation)
    {
        var query = new Query().With("agent_type", call[_type] is { } type ? Types[type] : null).With("host", call[_host]);
        var path = "/agents" + query;
        if (await call.Cloud.FindIdOrNull(Resources.Network, call[_network], cancellation) is { } network) path = $"/networks/{network}/dhcp-agents";
        if (await call.Cloud.FindIdOrNull(Resources.Router, call[_router], cancellation) is { } router) path = $"/routers/{router}/l3-agents";
        var agents = await call.Cloud.Network.List(path, "agents", cancellation);
        List<(string, Func<JsonObject, Cell>)> columns =
        [
            Columns.OrNone("ID", "id"), Columns.OrNone("Agent Type", "agent_type"), Columns.OrNone("Host", "host"),
            Columns.OrNone("Availability Zone", "availability_zone"), Columns.OrNone("Alive", "alive", Cell.Alive),
            Columns.OrNone("State", "admin_state_up", Cell.AdminState), Columns.OrNone("Binary", "binary"),
        ];
        if (call[_long] && call.Has(_router)) columns.Add(Columns.OrNone("HA State", "ha_state"));
        return Table.Of(agents, columns);
    }
}
