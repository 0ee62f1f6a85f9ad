using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Compute.Flavors;

/// <summary>What of a flavor is shown, and how.</summary>
static class FlavorFields
{
    public static readonly (string, Func<JsonObject, Cell>)[] Short =
    [
        Columns.OrNone("ID", "id"), Columns.OrNone("Name", "name"), Columns.OrNone("RAM", "ram"), Columns.OrNone("Disk", "disk"),
        ("Ephemeral", flavor => new Cell(flavor["OS-FLV-EXT-DATA:ephemeral"].Copy() ?? 0)), Columns.OrNone("VCPUs", "vcpus"),
        ("Is Public", flavor => new Cell(flavor["os-flavor-access:is_public"].Copy() ?? true)),
    ];

    public static readonly (string, Func<JsonObject, Cell>)[] Long =
    [
        .. Short, Columns.OrNone("Swap", "swap"), Columns.OrNone("RXTX Factor", "rxtx_factor"),
        Columns.OrNone("Properties", "extra_specs", Cell.Pairs),
    ];

    private static readonly string[] Plain =
    [
        "OS-FLV-DISABLED:disabled", "OS-FLV-EXT-DATA:ephemeral", "description", "disk", "id", "name", "os-flavor-access:is_public", "ram",
        "rxtx_factor", "swap", "vcpus",
    ];

    public static Record Show(JsonObject flavor, JsonArray? projects) => Record.Sorted(
    [
        .. Created(flavor).Fields,
        ("access_project_ids", projects is null ? new Cell(null) : Cell.List(projects)),
    ]);

    /// <summary>A new flavor has no projects to show yet.</summary>
    public static Record Created(JsonObject flavor) => Record.Sorted(
    [
        .. Plain.Select(key => (key, Cell.Plain(flavor[key].Copy()))),
        ("properties", Cell.Pairs(flavor["extra_specs"].Copy() ?? new JsonObject())),
    ]);
}
