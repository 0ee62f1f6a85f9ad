using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Volume.Volumes;

sealed class VolumeUnset(Syntax syntax) : ActionCommand(syntax)
{
    private readonly Argument<string> _volume = syntax.Argument("<volume>", "Volume to modify (name or ID)");
    private readonly Option<string[]> _properties = syntax.Values("--property", "<key>", "Remove this property (repeatable)");
    private readonly Option<string[]> _imageProperties = syntax.Values("--image-property", "<key>", "Remove this property of its image (repeatable)");

    public override string Description => "Unset volume properties";

    protected override async Task Act(Call call, CancellationToken cancellation)
    {
        var path = "/volumes/" + await call.Cloud.FindId(Resources.Volume, call[_volume], cancellation);
        var steps = new Steps(call);
        foreach (var key in call[_properties])
            await steps.Try("unset volume property", () => call.Cloud.Volume.Delete($"{path}/metadata/{Uri.EscapeDataString(key)}", cancellation));
        foreach (var key in call[_imageProperties])
        {
            await steps.Try("unset image property", () => call.Cloud.Volume.Post(path + "/action",
                new JsonObject { ["os-unset_image_metadata"] = new JsonObject { ["key"] = key } }, cancellation));
        }

        steps.End("One or more of the unset operations failed");
    }
}
