using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Compute.Aggregates;

sealed class AggregateCacheImage(Syntax syntax) : ActionCommand(syntax)
{
    private readonly Argument<string> _aggregate = syntax.Argument("<aggregate>", "Aggregate (name or ID)");
    private readonly Argument<string[]> _images = syntax.Several("<image>", "Image(s) to bring to its hosts (name or ID)");

    public override string Description => "Request image caching for aggregate";

    protected override async Task Act(Call call, CancellationToken cancellation)
    {
        call.Cloud.Compute.Need("2.81", "aggregate cache image command");
        var aggregate = await call.Cloud.Find(Resources.Aggregate, call[_aggregate], cancellation);
        var images = new JsonArray();
        foreach (var image in call[_images])
            images.Add((JsonNode)new JsonObject { ["id"] = await call.Cloud.FindId(Resources.Image, image, cancellation) });
        await call.Cloud.Compute.Post($"/os-aggregates/{aggregate.Text("id")}/images", new JsonObject { ["cache"] = images }, cancellation);
    }
}
