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
}
