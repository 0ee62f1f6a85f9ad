using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Network.Agents;

sealed class NetworkAgentShow(Syntax syntax) : ShowByNameCommand(syntax, Resources.Agent, "network agent", Shown.Show)
{
    private static readonly Fields Shown = new("admin_state_up agent_type alive availability_zone binary configuration=configurations created_at "
        + "description ha_state host id last_heartbeat_at=heartbeat_timestamp resources_synced started_at topic",
        new() { ["admin_state_up"] = Cell.AdminState, ["alive"] = Cell.Alive });
}
