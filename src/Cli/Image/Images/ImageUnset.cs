using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Image.Images;

sealed class ImageUnset(Syntax syntax) : ActionCommand(syntax)
{
    private readonly Argument<string> _image = syntax.Argument("<image>", "Image to modify (name or ID)");
    private readonly Option<string[]> _tags = syntax.Values("--tag", "<tag>", "Remove this tag (repeatable)");
    private readonly Option<string[]> _properties = syntax.Values("--property", "<property-key>", "Remove this property (repeatable)");

    public override string Description => "Unset image tags and properties";

    protected override async Task Act(Call call, CancellationToken cancellation)
    {
        var image = await call.Cloud.Find(Resources.Image, call[_image], cancellation);
        var (tags, properties) = (call[_tags], call[_properties]);
        var missing = tags.Where(tag => (image["tags"] as JsonArray ?? []).All(has => has?.GetValue<string>() != tag)).ToList();
        foreach (var tag in tags.Except(missing))
            await call.Cloud.Image.Delete($"/images/{image.Id()}/tags/{Uri.EscapeDataString(tag)}", cancellation);
        foreach (var tag in missing) call.Terminal.Error.WriteLine($"tag unset failed, '{tag}' is a nonexistent tag ");
        var unknown = properties.Where(property => !image.ContainsKey(property)).ToList();
        foreach (var property in unknown) call.Terminal.Error.WriteLine($"property unset failed, '{property}' is a nonexistent property ");
        var known = properties.Except(unknown).ToList();
        if (known.Count > 0)
            await call.Cloud.Image.Patch("/images/" + image.Id(), ImagePatch.Removing(known), cancellation, ImagePatch.MediaType);
        List<string> failures = [];
        if (missing.Count > 0) failures.Add($"Failed to unset {missing.Count} of {tags.Length} tags");
        if (unknown.Count > 0) failures.Add($"Failed to unset {unknown.Count} of {properties.Length} properties");
        if (failures.Count > 0) throw new CommandError(string.Join(',', failures) + ".");
    }
}
