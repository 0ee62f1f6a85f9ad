using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Network.PortForwardings;

/// <summary>Single ports of a floating IP that lead to ports of guests.</summary>
static class PortForwardings
{
    private static readonly Kind Forwarding = new(Resources.PortForwarding, "floating IP port forwarding", new Fields(
        "description external_port id internal_ip_address internal_port internal_port_id name protocol", []).Show)
    {
        Plural = "Port forwarding", Metavar = "<port-forwarding-id>", NamedBy = "ID",
        Owner = new(Resources.FloatingIp, "<floating-ip>", "Floating IP that the port forwarding belongs to (IP address or ID)",
            "/port_forwardings", "floatingip_id"),
    };

    public static CommandBase Create(Syntax syntax) => new CreateThing(syntax, Forwarding, "Create floating IP port forwarding",
        form => form
        .Needed("--internal-ip-address", "<internal-ip-address>", "internal_ip_address", "Address of the port that it leads to")
        .Found("--port", "<port>", Resources.Port, "internal_port_id", "Port it leads to (name or ID)", needed: true)
        .Ports(needed: true)
        .Needed("--protocol", "<protocol>", "protocol", "Protocol, such as tcp or udp")
        .Description("Description"));

    public static CommandBase Delete(Syntax syntax) => new DeleteThings(syntax, Forwarding, "Delete floating IP port forwarding");

    public static CommandBase List(Syntax syntax) => new ListThings(syntax, Forwarding, "List floating IP port forwarding",
        [
            Columns.OrNone("ID", "id"), Columns.OrNone("Internal Port ID", "internal_port_id"),
            Columns.OrNone("Internal IP Address", "internal_ip_address"), Columns.OrNone("Internal Port", "internal_port"),
            Columns.OrNone("External Port", "external_port"), Columns.OrNone("Protocol", "protocol"), Columns.OrNone("Description",
                "description"),
        ],
        form => form
            .Found("--port", "<port>", Resources.Port, "internal_port_id", "Keep those that lead to this port (name or ID)")
            .Text("--external-protocol-port", "<port-number>", "external_port", "Keep those of this port of the floating IP")
            .Text("--protocol", "<protocol>", "protocol", "Keep those of this protocol"));

    public static CommandBase Set(Syntax syntax) => new SetThing(syntax, Forwarding, "Set floating IP Port Forwarding Properties",
        form => form
        .Found("--port", "<port>", Resources.Port, "internal_port_id", "Port it leads to (name or ID)")
        .Text("--internal-ip-address", "<internal-ip-address>", "internal_ip_address", "Address of the port that it leads to")
        .Ports(needed: false)
        .Text("--protocol", "<protocol>", "protocol", "Protocol", null, "tcp", "udp")
        .Description("Description"));

    public static CommandBase Show(Syntax syntax) => new ShowThing(syntax, Forwarding, "Display floating IP Port Forwarding details");

    private static Form Ports(this Form form, bool needed) => form
        .With(syntax => Port(syntax, "--internal-protocol-port", "internal_port", "Port number at the guest", needed))
        .With(syntax => Port(syntax, "--external-protocol-port", "external_port", "Port number at the floating IP", needed));

    private static Action<Draft> Port(Syntax syntax, string name, string key, string help, bool needed)
    {
        var option = needed ? syntax.Needed(name, "<port-number>", help) : syntax.Value(name, "<port-number>", help);
        return draft => draft.Body.With(key, draft.Call.Number(option) is <= 0 or > 65535
            ? throw new CommandError("The port number range is <1-65535>") : draft.Call.Number(option));
    }
}
