using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Identity;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Network.Trunks;

/// <summary>Ports that carry several networks into a guest, by VLAN tags.</summary>
static class Trunks
{
    private static readonly Kind Trunk = new(Resources.Trunk, "trunk", Show);

    public static CommandBase Create(Syntax syntax) => new CreateThing(syntax, Trunk, "Create a network trunk for a given project",
        form => form
        .Name("Name of the trunk to create")
        .Description("A description of the trunk")
        .Found("--parent-port", "<parent-port>", Resources.Port, "port_id", "Parent port belonging to this trunk (name or ID)",
            needed: true)
        .With(syntax =>
        {
            var subports = new Subports(syntax);
            return async (draft, cancellation) => draft.Body.With("sub_ports", await subports.Read(draft.Call, cancellation));
        })
        .Either("--enable", "--disable", "admin_state_up", "Enable trunk (default)", "Disable trunk", otherwise: true)
        .With(Owner), hasExtra: false);

    public static CommandBase Delete(Syntax syntax) => new DeleteThings(syntax, Trunk, "Delete a given network trunk");

    public static CommandBase List(Syntax syntax) => new ListThings(syntax, Trunk, "List all network trunks",
        [
            Columns.Of("ID", "id"), Columns.Of("Name", "name"), Columns.Of("Parent Port", "port_id"), Columns.Of("Description",
                "description"),
        ],
        more:
        [
            Columns.Of("Status", "status"), Columns.Of("State", "admin_state_up", Cell.AdminState), Columns.Of("Created At", "created_at"),
            Columns.Of("Updated At", "updated_at"),
        ]);

    public static CommandBase Show(Syntax syntax) => new ShowThing(syntax, Trunk, "Show information of a given network trunk");

    /// <summary>Every field that the answer has.</summary>
    private static Record Show(JsonObject trunk) => Record.Sorted(trunk.Select(field => (field.Key, field.Key switch
    {
        "admin_state_up" => Cell.AdminState(field.Value.Copy()),
        "sub_ports" => Cell.PairsList(field.Value.Copy()),
        _ => Cell.Plain(field.Value.Copy()),
    })));

    private static Func<Draft, CancellationToken, Task> Owner(Syntax syntax)
    {
        var project = new ProjectOption(syntax, "Owner's project (name or ID)");
        return async (draft, cancellation) => draft.Body.With("tenant_id", await project.Id(draft.Call, cancellation));
    }
}

/// <summary><c>--subport port=P,segmentation-type=vlan,segmentation-id=100</c>.</summary>
sealed class Subports(Syntax syntax)
{
    private readonly Option<string[]> _subports = syntax.Values("--subport", "<port=,segmentation-type=,segmentation-id=>",
        "Subport to add, its port by name or ID (repeatable)");

    public async Task<JsonArray?> Read(Call call, CancellationToken cancellation)
    {
        if (!call.Has(_subports)) return null;
        var subports = new JsonArray();
        foreach (var text in call[_subports])
        {
            var fields = call.Fields(_subports, text, "port", "segmentation-id", "segmentation-type");
            if (!fields.TryGetValue("port",
                out var port)) throw call.Wrong("argument --subport: Missing required keys port.\nRequired keys are: port");
            var subport = new JsonObject { ["port_id"] = await call.Cloud.FindId(Resources.Port, port, cancellation) };
            if (fields.TryGetValue("segmentation-id", out var id))
                subport["segmentation_id"] = int.TryParse(id, out var number)
                    ? number : throw new CommandError($"Segmentation-id '{id}' is not an integer");
            subports.Add((JsonNode)subport.With("segmentation_type", fields.GetValueOrDefault("segmentation-type")));
        }

        return subports;
    }
}
