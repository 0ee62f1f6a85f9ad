using System.Net.Sockets;
using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Network.AddressGroups;

/// <summary>Lists of addresses that rules of security groups speak of.</summary>
static class AddressGroups
{
    private static readonly Kind Group = new(Resources.AddressGroup, "address group",
        new Fields("addresses description id name project_id", []).Show);

    public static CommandBase Create(Syntax syntax) => new CreateThing(syntax, Group, "Create a new Address Group", form => form
        .Name("New address group name")
        .Description("Description")
        .With(syntax =>
        {
            var addresses = syntax.Values("--address", "<ip-address>", "IP address or CIDR (repeatable)");
            return draft => draft.Body["addresses"] = Blocks(draft.Call, addresses);
        })
        .Project("Owner's project (name or ID)"));

    public static CommandBase Delete(Syntax syntax) => new DeleteThings(syntax, Group, "Delete address group(s)");

    public static CommandBase List(Syntax syntax) => new ListThings(syntax, Group, "List address groups",
        [
            Columns.OrNone("ID", "id"), Columns.OrNone("Name", "name"), Columns.OrNone("Description", "description"),
            Columns.OrNone("Project", "project_id"), Columns.OrNone("Addresses", "addresses"),
        ],
        form => form.Text("--name", "<name>", "name", "Keep address groups of this name")
            .Project("Keep address groups of this project (name or ID)"));

    public static CommandBase Show(Syntax syntax) => new ShowThing(syntax, Group, "Display address group details");

    /// <summary>The addresses in CIDR notation: a single one is a block of itself.</summary>
    public static JsonArray Blocks(Call call, Option<string[]> option) => JsonReading.Array(call[option].Select(text =>
    {
        var parts = text.Split('/', 2);
        if (!System.Net.IPAddress.TryParse(parts[0], out var address)) throw new CommandError($"invalid IPNetwork {text}");
        return parts.Length == 2 ? text : $"{text}/{(address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128)}";
    }));
}
