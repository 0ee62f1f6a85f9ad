using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Network.AddressScopes;

/// <summary>Spaces in which addresses are unique.</summary>
static class AddressScopes
{
    private static readonly Kind Scope = new(Resources.AddressScope, "address scope",
        new Fields("id ip_version name project_id shared", []).Show);

    public static CommandBase Create(Syntax syntax) => new CreateThing(syntax, Scope, "Create a new Address Scope", form => form
        .Name("New address scope name")
        .Number("--ip-version", "{4,6}", "ip_version", "IP version (default 4)", otherwise: 4, choices: ["4", "6"])
        .Project("Owner's project (name or ID)")
        .Either("--share", "--no-share", "shared", "Share it between projects", "Do not share it (default)"));

    public static CommandBase Delete(Syntax syntax) => new DeleteThings(syntax, Scope, "Delete address scope(s)");

    public static CommandBase List(Syntax syntax) => new ListThings(syntax, Scope, "List address scopes",
        [
            Columns.OrNone("ID", "id"), Columns.OrNone("Name", "name"), Columns.OrNone("IP Version", "ip_version"),
            Columns.OrNone("Shared", "shared"), Columns.OrNone("Project", "project_id"),
        ],
        form => form
            .Text("--name", "<name>", "name", "Keep address scopes of this name")
            .Number("--ip-version", "<ip-version>", "ip_version", "Keep address scopes of this IP version", choices: ["4", "6"])
            .Project("Keep address scopes of this project (name or ID)")
            .Either("--share", "--no-share", "shared", "Keep those that are shared", "Keep those that are not shared"));

    public static CommandBase Set(Syntax syntax) => new SetThing(syntax, Scope, "Set address scope properties", form => form
        .NewName("New name")
        .Either("--share", "--no-share", "shared", "Share it between projects", "Do not share it"));

    public static CommandBase Show(Syntax syntax) => new ShowThing(syntax, Scope, "Display address scope details");
}
