using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Compute.Aggregates;

sealed class AggregateUnset(Syntax syntax) : ActionCommand(syntax)
{
    private readonly Argument<string> _aggregate = syntax.Argument("<aggregate>", "Aggregate to modify (name or ID)");
    private readonly Option<string[]> _properties = syntax.Values("--property", "<key>", "Remove this property (repeatable)");

    public override string Description => "Unset aggregate properties";

    protected override async Task Act(Call call, CancellationToken cancellation)
    {
        var aggregate = await call.Cloud.Find(Resources.Aggregate, call[_aggregate], cancellation);
        var metadata = new JsonObject(call[_properties].Select(key => KeyValuePair.Create(key, (JsonNode?)null)));
        var set = new JsonObject { ["set_metadata"] = new JsonObject { ["metadata"] = metadata } };
        if (metadata.Count > 0) await call.Cloud.Compute.Post($"/os-aggregates/{aggregate.Text("id")}/action", set, cancellation);
    }
}
