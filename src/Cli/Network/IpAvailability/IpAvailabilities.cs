using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Network.IpAvailability;

/// <summary>How many addresses networks have, and have given out.</summary>
static class IpAvailabilities
{
    private static readonly Kind Availability = new(Resources.IpAvailability, "IP availability", new Fields(
        "network_id network_name project_id subnet_ip_availability total_ips used_ips",
        new() { ["subnet_ip_availability"] = Cell.PairsList }).Show)
    {
        Metavar = "<network>",
    };

    public static CommandBase List(Syntax syntax) => new ListThings(syntax, Availability, "List IP availability for network",
        [
            Columns.OrNone("Network ID", "network_id"), Columns.OrNone("Network Name", "network_name"), Columns.OrNone("Total IPs",
                "total_ips"),
            Columns.OrNone("Used IPs", "used_ips"),
        ],
        form => form
            .Number("--ip-version", "<ip-version>", "ip_version", "Count addresses of this IP version (default 4)", otherwise: 4,
                choices: ["4", "6"])
            .Project("Keep networks of this project (name or ID)"));

    public static CommandBase Show(Syntax syntax) => new ShowThing(syntax, Availability, "Show network IP availability details");
}
