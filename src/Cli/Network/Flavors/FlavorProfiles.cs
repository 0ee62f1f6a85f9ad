using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Network.Flavors;

/// <summary>The drivers that network flavors choose from.</summary>
static class FlavorProfiles
{
    private static readonly Kind Profile = new(Resources.ServiceProfile, "flavor profile",
        new Fields("description driver enabled id meta_info=metainfo project_id", []).Show)
    {
        Plural = "flavor_profiles", NamedBy = "ID",
    };

    public static CommandBase Create(Syntax syntax) => new CreateThing(syntax, Profile, "Create new network flavor profile", form => form
        .Project("Owner's project (name or ID)")
        .Settings()
        .With(_ => draft =>
        {
            if (!draft.Body.ContainsKey("driver") && !draft.Body.ContainsKey("metainfo"))
                throw new CommandError("Either --driver or --metainfo or both are required");
        }));

    public static CommandBase Delete(Syntax syntax) => new DeleteThings(syntax, Profile, "Delete network flavor profile");

    public static CommandBase List(Syntax syntax) => new ListThings(syntax, Profile, "List network flavor profile(s)",
        [
            Columns.OrNone("ID", "id"), Columns.OrNone("Driver", "driver"), Columns.OrNone("Enabled", "enabled"),
            Columns.OrNone("Metainfo", "metainfo"), Columns.OrNone("Description", "description"),
        ]);

    public static CommandBase Set(Syntax syntax) =>
        new SetThing(syntax, Profile, "Set network flavor profile properties", form => form.Settings());

    public static CommandBase Show(Syntax syntax) => new ShowThing(syntax, Profile, "Display network flavor profile details");

    private static Form Settings(this Form form) => form
        .Description("Description for the flavor profile")
        .State("flavor profile")
        .Text("--driver", "<driver>", "driver", "Path to the driver; needed where there is no --metainfo")
        .Text("--metainfo", "<metainfo>", "metainfo", "Settings of the driver; needed where there is no --driver");
}
