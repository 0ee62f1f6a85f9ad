using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Network.Flavors;

/// <summary>Choices of how a network service is made.</summary>
static class NetworkFlavors
{
    private static readonly Kind Flavor = new(Resources.NetworkFlavor, "flavor",
        new Fields("description enabled id name service_profile_ids=service_profiles service_type", []).Show);

    public static CommandBase Create(Syntax syntax) => new CreateThing(syntax, Flavor, "Create new network flavor", form => form
        .Name("Name for the flavor")
        .Needed("--service-type", "<service-type>", "service_type",
            "Service it is for, such as L3_ROUTER_NAT (see network service provider list)")
        .Description("Description for the flavor")
        .Project("Owner's project (name or ID)")
        .State("flavor (default)"));

    public static CommandBase Delete(Syntax syntax) => new DeleteThings(syntax, Flavor, "Delete network flavors");

    public static CommandBase List(Syntax syntax) => new ListThings(syntax, Flavor, "List network flavors",
        [
            Columns.OrNone("ID", "id"), Columns.OrNone("Name", "name"), Columns.OrNone("Enabled", "enabled"),
            Columns.OrNone("Service Type", "service_type"), Columns.OrNone("Description", "description"),
        ]);

    public static CommandBase Set(Syntax syntax) => new SetThing(syntax, Flavor, "Set network flavor properties", form => form
        .Description("Set network flavor description")
        .State("flavor")
        .NewName("Set flavor name"));

    public static CommandBase Show(Syntax syntax) => new ShowThing(syntax, Flavor, "Display network flavor details");

    public static Form State(this Form form, string what) =>
        form.Either("--enable", "--disable", "enabled", $"Enable the {what}", "Disable it");
}
