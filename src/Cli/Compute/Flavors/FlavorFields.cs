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
        .. Short, ("Swap", flavor => new Cell(Swap(flavor))), Columns.OrNone("RXTX Factor", "rxtx_factor"),
        Columns.OrNone("Properties", "extra_specs", Cell.Pairs),
    ];

    /// <summary>A flavor without swap says "" up to 2.74 and 0 from then on.</summary>
    public static JsonNode Swap(JsonObject flavor) => flavor["swap"] switch
    {
        JsonValue value when value.TryGetValue<int>(out var number) => number,
        JsonValue value when value.TryGetValue<string>(out var text) && int.TryParse(text, out var number) => number,
        _ => 0,
    };
}
