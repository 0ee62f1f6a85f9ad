using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Compute.Aggregates;

sealed class AggregateCreate(Syntax syntax) : ShowCommand(syntax)
{
    private readonly Argument<string> _name = syntax.Argument("<name>", "New aggregate name");
    private readonly Option<string?> _zone = syntax.Value("--zone", "<availability-zone>", "Availability zone");
    private readonly Option<string[]> _properties = syntax.Values("--property", "<key=value>", "Set a property (repeatable)");

    public override string Description => "Create a new aggregate";

    protected override async Task<Record?> Show(Call call, CancellationToken cancellation)
    {
        var compute = call.Cloud.Compute;
        var body = new JsonObject { ["name"] = call[_name] }.With("availability_zone", call[_zone]);
        var answer = await compute.Post("/os-aggregates", new JsonObject { ["aggregate"] = body }, cancellation);
        var aggregate = answer["aggregate"]!.AsObject();
        if (call.Has(_properties))
        {
            var set = new JsonObject { ["set_metadata"] = new JsonObject { ["metadata"] = call.Pairs(_properties) } };
            answer = await compute.Post($"/os-aggregates/{aggregate.Text("id")}/action", set, cancellation);
            aggregate = answer["aggregate"] as JsonObject ?? aggregate;
        }

        return AggregateFields.Show(aggregate);
    }
}
