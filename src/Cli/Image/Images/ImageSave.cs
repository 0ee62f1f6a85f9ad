using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Image.Images;

sealed class ImageSave(Syntax syntax) : ActionCommand(syntax)
{
    private readonly Option<string?> _file = syntax.Value("--file", "<filename>", "Save to this file (default: the output)");
    private readonly Argument<string> _image = syntax.Argument("<image>", "Image to save (name or ID)");

    public override string Description => "Save an image locally";

    protected override async Task Act(Call call, CancellationToken cancellation)
    {
        var id = await call.Cloud.FindId(Resources.Image, call[_image], cancellation);
        using var reply = await call.Cloud.Image.Send(HttpMethod.Get, $"/images/{id}/file", null, cancellation, "application/octet-stream");
        if (reply.StatusCode == System.Net.HttpStatusCode.NoContent)
            throw new CommandError($"Image {call[_image]} has no data yet.");
        await using var data = await reply.Content.ReadAsStreamAsync(cancellation);
        await using var target = call[_file] is { } file
            ? File.Create(Path.Combine(call.Terminal.Folder, file))
            : call.Terminal.OpenOutput();
        await data.CopyToAsync(target, cancellation);
    }
}
