using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Network.LocalIps;

/// <summary>The ports that a local IP leads to.</summary>
static class LocalIpAssociations
{
    private static readonly Kind Association = new(Resources.LocalIpAssociation, "Local IP Association",
        new Fields("fixed_ip fixed_port_id host local_ip_address", []).Show)
    {
        Metavar = "<fixed-port-id>", FailedWith = "Local IP Association with fixed port",
        Owner = new(Resources.LocalIp, "<local-ip>", "Local IP that the port association belongs to (name or ID)", "/port_associations", "local_ip_id"),
    };

    public static CommandBase Create(Syntax syntax) => new CreateThing(syntax, Association, "Create Local IP Association", form => form
        .With(Port)
        .Text("--fixed-ip", "<fixed-ip>", "fixed_ip", "Fixed IP for Local IP Association"), hasExtra: false);

    public static CommandBase Delete(Syntax syntax) => new DeleteThings(syntax, Association, "Delete Local IP association(s)");

    public static CommandBase List(Syntax syntax) => new ListThings(syntax, Association, "List Local IP Associations",
        [
            Columns.OrNone("Local IP ID", "local_ip_id"), Columns.OrNone("Local IP Address", "local_ip_address"),
            Columns.OrNone("Fixed port ID", "fixed_port_id"), Columns.OrNone("Fixed IP", "fixed_ip"), Columns.OrNone("Host", "host"),
        ],
        form => form
            .Found("--fixed-port", "<fixed-port>", Resources.Port, "fixed_port_id", "Keep those of this port (name or ID)")
            .Text("--fixed-ip", "<fixed-ip>", "fixed_ip", "Keep those of this address")
            .Text("--host", "<host>", "host", "Keep those on this host"));

    private static Func<Draft, CancellationToken, Task> Port(Syntax syntax)
    {
        var port = syntax.Argument("<fixed-port>", "Port it leads to (name or ID)");
        return async (draft, cancellation) =>
            draft.Body["fixed_port_id"] = await draft.Call.Cloud.FindId(Resources.Port, draft.Call[port], cancellation);
    }
}
