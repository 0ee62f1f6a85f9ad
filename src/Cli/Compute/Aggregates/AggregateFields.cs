using Cumulet.Cli.Output;

namespace Cumulet.Cli.Compute.Aggregates;

/// <summary>What of an aggregate is shown, and how.</summary>
static class AggregateFields
{
    private static readonly Fields All = new("availability_zone created_at deleted_at hosts id is_deleted=deleted name properties=metadata updated_at uuid",
        new() { ["hosts"] = Cell.List, ["properties"] = Cell.Pairs });

    public static Record Show(JsonObject aggregate) => All.Show(aggregate);
}
