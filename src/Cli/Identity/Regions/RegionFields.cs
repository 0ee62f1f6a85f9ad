using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Identity.Regions;

/// <summary>A region's id is its name, and shown as region.</summary>
static class RegionFields
{
    public static Record Show(JsonObject region) => Record.Sorted(region.Where(pair => pair.Key != "links").Select(pair =>
        (pair.Key switch { "id" => "region", "parent_region_id" => "parent_region", var key => key }, Cell.Plain(pair.Value.Copy()))));
}
