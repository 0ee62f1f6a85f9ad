using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Network.Meters;

/// <summary>Labels under which a project's traffic is counted.</summary>
static class Meters
{
    private static readonly Kind Meter = new(Resources.Meter, "meter", new Fields("description id name project_id shared", []).Show);

    public static CommandBase Create(Syntax syntax) => new CreateThing(syntax, Meter, "Create network meter", form => form
        .Description("Create description for meter")
        .Project("Owner's project (name or ID)")
        .Either("--share", "--no-share", "shared", "Share meter between projects", "Do not share meter between projects")
        .Name("Name of meter"));

    public static CommandBase Delete(Syntax syntax) => new DeleteThings(syntax, Meter, "Delete network meter");

    public static CommandBase List(Syntax syntax) => new ListThings(syntax, Meter, "List network meters",
        [
            Columns.OrNone("ID", "id"), Columns.OrNone("Name", "name"), Columns.OrNone("Description", "description"),
                Columns.OrNone("Shared", "shared"),
        ]);

    public static CommandBase Show(Syntax syntax) => new ShowThing(syntax, Meter, "Show network meter");
}
