using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Compute.Aggregates;

sealed class AggregateSet(Syntax syntax) : ActionCommand(syntax)
{
    private readonly Argument<string> _aggregate = syntax.Argument("<aggregate>", "Aggregate to modify (name or ID)");
    private readonly Option<string?> _name = syntax.Value("--name", "<name>", "New name");
    private readonly Option<string?> _zone = syntax.Value("--zone", "<availability-zone>", "New availability zone");
    private readonly Option<string[]> _properties = syntax.Values("--property", "<key=value>", "Set a property (repeatable)");
    private readonly Option<bool> _noProperty = syntax.Flag("--no-property", "Remove all properties first");

    public override string Description => "Set aggregate properties";

    protected override async Task Act(Call call, CancellationToken cancellation)
    {
        var compute = call.Cloud.Compute;
        var aggregate = await call.Cloud.Find(Resources.Aggregate, call[_aggregate], cancellation);
        var path = "/os-aggregates/" + aggregate.Text("id");
        var body = new JsonObject().With("name", call[_name]).With("availability_zone", call[_zone]);
        if (body.Count > 0) await compute.Put(path, new JsonObject { ["aggregate"] = body }, cancellation);
        var metadata = new JsonObject();
        if (call[_noProperty])
        {
            foreach (var (key, _) in aggregate["metadata"] as JsonObject ?? [])
            {
                if (key != "availability_zone") metadata[key] = null;
            }
        }

        foreach (var (key, value) in call.Pairs(_properties)) metadata[key] = value.Copy();
        if (metadata.Count > 0)
            await compute.Post(path + "/action", new JsonObject { ["set_metadata"] = new JsonObject { ["metadata"] = metadata } }, cancellation);
    }
}
