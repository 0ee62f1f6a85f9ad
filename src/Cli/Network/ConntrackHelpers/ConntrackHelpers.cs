using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Network.ConntrackHelpers;

/// <summary>A router's help for protocols that carry addresses in their payload.</summary>
static class ConntrackHelpers
{
    private static readonly Kind Helper = new(Resources.ConntrackHelper, "L3 conntrack helper",
        new Fields("helper id name port protocol", []).Show)
    {
        Metavar = "<conntrack-helper-id>", NamedBy = "ID",
        Owner = new(Resources.Router, "<router>", "Router that the conntrack helper belongs to (name or ID)", "/conntrack_helpers", "router_id"),
    };

    public static CommandBase Create(Syntax syntax) => new CreateThing(syntax, Helper, "Create a new L3 conntrack helper", form => form
        .Needed("--helper", "<helper>", "helper", "The netfilter conntrack helper module")
        .Needed("--protocol", "<protocol>", "protocol", "The protocol that it watches")
        .Number("--port", "<port>", "port", "The port that it watches", needed: true), hasExtra: false);

    public static CommandBase Delete(Syntax syntax) => new DeleteThings(syntax, Helper, "Delete L3 conntrack helper");

    public static CommandBase List(Syntax syntax) => new ListThings(syntax, Helper, "List L3 conntrack helpers",
        [
            Columns.OrNone("ID", "id"), Columns.OrNone("Router ID", "router_id"), Columns.OrNone("Helper", "helper"),
            Columns.OrNone("Protocol", "protocol"), Columns.OrNone("Port", "port"),
        ], Watched);

    public static CommandBase Set(Syntax syntax) =>
        new SetThing(syntax, Helper, "Set L3 conntrack helper properties", Watched, hasExtra: false);

    public static CommandBase Show(Syntax syntax) => new ShowThing(syntax, Helper, "Display L3 conntrack helper details");

    private static Form Watched(Form form) => form
        .Text("--helper", "<helper>", "helper", "The netfilter conntrack helper module")
        .Text("--protocol", "<protocol>", "protocol", "The protocol that it watches")
        .Number("--port", "<port>", "port", "The port that it watches");
}
