using Cumulet.Cli.Commands;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Network.SegmentRanges;

sealed class SegmentRangeList(Syntax syntax) : ListCommand(syntax)
{
    private readonly Option<bool> _long = syntax.Flag("--long", "List more fields");
    private readonly Option<bool> _used = syntax.FlagIn("used", "--used", "Keep ranges of which some is in use");
    private readonly Option<bool> _unused = syntax.FlagIn("used", "--unused", "Keep ranges of which nothing is in use");
    private readonly Option<bool> _available = syntax.FlagIn("available", "--available", "Keep ranges of which some is free");
    private readonly Option<bool> _unavailable = syntax.FlagIn("available", "--unavailable", "Keep ranges of which nothing is free");

    public override string Description => "List network segment ranges";

    protected override async Task<Table> List(Call call, CancellationToken cancellation)
    {
        var (used, available) = (call.Either(_used, _unused), call.Either(_available, _unavailable));
        var ranges = (await call.Cloud.Network.List("/network_segment_ranges", "network_segment_ranges", cancellation)).Where(range =>
            (used is null || used == range["used"] is JsonObject { Count: > 0 })
            && (available is null || available == range["available"] is JsonArray { Count: > 0 }));
        List<(string, Func<JsonObject, Cell>)> columns =
        [
            Columns.OrNone("ID", "id"), Columns.OrNone("Name", "name"), Columns.OrNone("Default", "default"), Columns.OrNone("Shared",
                "shared"),
            Columns.OrNone("Project ID", "project_id"), Columns.OrNone("Network Type", "network_type"),
            Columns.OrNone("Physical Network", "physical_network"), Columns.OrNone("Minimum ID", "minimum"), Columns.OrNone("Maximum ID",
                "maximum"),
        ];
        if (call[_long] || used is not null || available is not null)
            columns.AddRange([Columns.Of("Used", "used", SegmentRanges.Used), Columns.Of("Available", "available",
                SegmentRanges.Available)]);
        return Table.Of(ranges, columns);
    }
}
