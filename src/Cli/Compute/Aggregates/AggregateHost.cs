using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Compute.Aggregates;

/// <summary><c>aggregate add|remove host</c>.</summary>
abstract class AggregateHost(Syntax syntax, bool isAdd) : ShowCommand(syntax)
{
    private readonly Argument<string> _aggregate = syntax.Argument("<aggregate>", "Aggregate (name or ID)");
    private readonly Argument<string> _host = syntax.Argument("<host>", "Host");

    public override string Description => isAdd ? "Add host to aggregate" : "Remove host from aggregate";

    protected override async Task<Record?> Show(Call call, CancellationToken cancellation)
    {
        var aggregate = await call.Cloud.Find(Resources.Aggregate, call[_aggregate], cancellation);
        var body = new JsonObject { [isAdd ? "add_host" : "remove_host"] = new JsonObject { ["host"] = call[_host] } };
        var answer = await call.Cloud.Compute.Post($"/os-aggregates/{aggregate.Text("id")}/action", body, cancellation);
        return AggregateFields.Show(answer["aggregate"] as JsonObject ?? aggregate);
    }
}
