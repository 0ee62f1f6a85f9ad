using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Network.LocalIps;

/// <summary>Addresses that lead, on every host, to something on that host.</summary>
static class LocalIps
{
    private static readonly Kind LocalIp = new(Resources.LocalIp, "local IP", new Fields(
        "created_at description id ip_mode local_ip_address local_port_id name network_id project_id revision_number updated_at", []).Show)
    {
        Metavar = "<local-ip>", FailedWith = "Local IP with",
    };

    public static CommandBase Create(Syntax syntax) => new CreateThing(syntax, LocalIp, "Create Local IP", form => form
        .NewName("New local IP name")
        .Description("New local IP description")
        .Found("--network", "<network>", Resources.Network, "network_id", "Network to take it from (name or ID)")
        .Found("--local-port", "<local-port>", Resources.Port, "local_port_id", "Port whose address it is (name or ID)")
        .Text("--local-ip-address", "<local-ip-address>", "local_ip_address", "IP address or CIDR")
        .Text("--ip-mode", "<ip-mode>", "ip_mode", "How it is translated: translate or passthrough")
        .Project("Owner's project (name or ID)"), hasExtra: false);

    public static CommandBase Delete(Syntax syntax) => new DeleteThings(syntax, LocalIp, "Delete local IP(s)");

    public static CommandBase List(Syntax syntax) => new ListThings(syntax, LocalIp, "List local IPs",
        [
            Columns.OrNone("ID", "id"), Columns.OrNone("Name", "name"), Columns.OrNone("Description", "description"),
            Columns.OrNone("Project", "project_id"), Columns.OrNone("Local Port ID", "local_port_id"), Columns.OrNone("Network",
                "network_id"),
            Columns.OrNone("Local IP address", "local_ip_address"), Columns.OrNone("IP mode", "ip_mode"),
        ],
        form => form
            .Text("--name", "<name>", "name", "Keep local IPs of this name")
            .Project("Keep local IPs of this project (name or ID)")
            .Found("--network", "<network>", Resources.Network, "network_id", "Keep local IPs of this network (name or ID)")
            .Found("--local-port", "<local-port>", Resources.Port, "local_port_id", "Keep local IPs of this port (name or ID)")
            .Text("--local-ip-address", "<local-ip-address>", "local_ip_address", "Keep local IPs of this address")
            .Text("--ip-mode", "<ip_mode>", "ip_mode", "Keep local IPs of this mode"));

    public static CommandBase Set(Syntax syntax) => new SetThing(syntax, LocalIp, "Set local ip properties", form => form
        .NewName("Set local IP name")
        .Description("Set local IP description"), hasExtra: false);

    public static CommandBase Show(Syntax syntax) => new ShowThing(syntax, LocalIp, "Display local IP details");
}
