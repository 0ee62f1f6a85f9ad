using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Network.Segments;

/// <summary>The stretches of wire that a network is made of.</summary>
static class Segments
{
    private static readonly Kind Segment = new(Resources.Segment, "network segment",
        new Fields("description id name network_id network_type physical_network segmentation_id", []).Show);

    public static CommandBase Create(Syntax syntax) => new CreateThing(syntax, Segment, "Create new network segment", form => form
        .Name("New network segment name")
        .Description("Network segment description")
        .Text("--physical-network", "<physical-network>", "physical_network", "Physical network it is on")
        .Number("--segment", "<segment>", "segmentation_id", "VLAN ID, or tunnel ID for geneve, gre and vxlan")
        .Found("--network", "<network>", Resources.Network, "network_id", "Network this network segment belongs to (name or ID)",
            needed: true)
        .Needed("--network-type", "<network-type>", "network_type", "How it is made", "flat", "geneve", "gre", "local", "vlan", "vxlan"));

    public static CommandBase Delete(Syntax syntax) => new DeleteThings(syntax, Segment, "Delete network segment(s)");

    public static CommandBase List(Syntax syntax) => new ListThings(syntax, Segment, "List network segments",
        [
            Columns.OrNone("ID", "id"), Columns.OrNone("Name", "name"), Columns.OrNone("Network", "network_id"),
            Columns.OrNone("Network Type", "network_type"), Columns.OrNone("Segment", "segmentation_id"),
        ],
        form => form.Found("--network", "<network>", Resources.Network, "network_id", "Keep segments of this network (name or ID)"),
        [Columns.OrNone("Physical Network", "physical_network")]);

    public static CommandBase Set(Syntax syntax) => new SetThing(syntax, Segment, "Set network segment properties", form => form
        .Description("Set network segment description")
        .NewName("Set network segment name"));

    public static CommandBase Show(Syntax syntax) => new ShowThing(syntax, Segment, "Display network segment details");
}
