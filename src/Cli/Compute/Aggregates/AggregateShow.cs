using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Compute.Aggregates;

sealed class AggregateShow(Syntax syntax) : ShowCommand(syntax)
{
    private readonly Argument<string> _aggregate = syntax.Argument("<aggregate>", "Aggregate to display (name or ID)");

    public override string Description => "Display aggregate details";

    protected override async Task<Record?> Show(Call call, CancellationToken cancellation)
    {
        var aggregate = await call.Cloud.Find(Resources.Aggregate, call[_aggregate], cancellation);
        (aggregate["metadata"] as JsonObject)?.Remove("availability_zone");
        return AggregateFields.Show(aggregate);
    }
}
