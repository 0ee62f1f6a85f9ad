using System.Text.Json.Nodes;
using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Image.Images;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Compute.Servers;

sealed class ServerImageCreate(Syntax syntax) : ShowCommand(syntax)
{
    private readonly Argument<string> _server = syntax.Argument("<server>", "Server to create image (name or ID)");
    private readonly Option<string?> _name = syntax.Value("--name", "<image-name>", "Name of the image (default: the server's)");
    private readonly Option<string[]> _properties = syntax.Values("--property", "<key=value>", "Set a property of the image (repeatable)");
    private readonly Option<bool> _wait = syntax.Flag("--wait", "Wait until the image is there");

    public override string Description => "Create a new server disk image from an existing server";

    protected override async Task<Record?> Show(Call call, CancellationToken cancellation)
    {
        var server = await call.Cloud.Find(Resources.Server, call[_server], cancellation);
        var request = new JsonObject { ["name"] = call[_name] ?? server.Text("name") };
        if (call.Has(_properties)) request["metadata"] = call.Pairs(_properties);
        using var content = ServiceClient.Json(new JsonObject { ["createImage"] = request });
        using var reply = await call.Cloud.Compute.Send(HttpMethod.Post, $"/servers/{server.Id()}/action", content, cancellation);
        // Up to 2.44 the new image's address is in a header; from 2.45 on its id is in the answer.
        var id = reply.Headers.Location?.ToString().TrimEnd('/').Split('/')[^1]
            ?? JsonNode.Parse(await reply.Content.ReadAsStringAsync(cancellation)).Text("image_id")
            ?? throw new CommandError("The Compute service did not say which image it makes");
        async Task<JsonObject> Ask() => await call.Cloud.Image.Get("/images/" + id, cancellation);
        var image = call[_wait] ? await Waiting.Until(call, Ask, ["active"], "creating image", cancellation) : await Ask();
        return ImageFields.Show(image);
    }
}
