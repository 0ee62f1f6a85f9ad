using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Identity;

namespace Cumulet.Cli.Image.Images;

sealed class ImageSet(Syntax syntax) : ActionCommand(syntax)
{
    private readonly Argument<string> _image = syntax.Argument("<image>", "Image to modify (name or ID)");
    private readonly Option<string?> _name = syntax.Value("--name", "<name>", "New image name");
    private readonly ImageOptions _options = new(syntax, null, null);
    private readonly Option<string[]> _tags = syntax.Values("--tag", "<tag>", "Add this tag (repeatable)");
    private readonly Option<string?> _architecture = syntax.Value("--architecture", "<architecture>", "Architecture of the operating system");
    private readonly Option<string?> _instance = syntax.Value("--instance-id", "<instance-id>", "Server that the image was made from");
    private readonly Option<string?> _kernel = syntax.Value("--kernel-id", "<kernel-id>", "Image of the kernel for an AMI");
    private readonly Option<string?> _distro = syntax.Value("--os-distro", "<os-distro>", "Name of the distribution");
    private readonly Option<string?> _version = syntax.Value("--os-version", "<os-version>", "Version of the distribution");
    private readonly Option<string?> _ramdisk = syntax.Value("--ramdisk-id", "<ramdisk-id>", "Image of the ramdisk for an AMI");
    private readonly Option<bool> _deactivate = syntax.FlagIn("activation", "--deactivate", "Keep the image's data from being downloaded");
    private readonly Option<bool> _activate = syntax.FlagIn("activation", "--activate", "Allow it again");
    private readonly ProjectOption _project = new(syntax, "Give the image to this project, or say whose membership is meant (name or ID)");
    private readonly Option<bool> _accept = syntax.FlagIn("membership", "--accept", "Accept the membership");
    private readonly Option<bool> _reject = syntax.FlagIn("membership", "--reject", "Reject the membership");
    private readonly Option<bool> _pending = syntax.FlagIn("membership", "--pending", "Reset the membership to pending");
    private readonly Option<bool> _hidden = syntax.FlagIn("hidden", "--hidden", "Hide the image from lists");
    private readonly Option<bool> _unhidden = syntax.FlagIn("hidden", "--unhidden", "Show the image in lists again");

    public override string Description => "Set image properties";

    protected override async Task Act(Call call, CancellationToken cancellation)
    {
        var images = call.Cloud.Image;
        var image = await call.Cloud.Find(Resources.Image, call[_image], cancellation);
        var project = await _project.Id(call, cancellation);
        if (call[_deactivate]) await images.Post($"/images/{image.Id()}/actions/deactivate", null, cancellation);
        if (call[_activate]) await images.Post($"/images/{image.Id()}/actions/reactivate", null, cancellation);
        string? membership = call[_accept] ? "accepted" : call[_reject] ? "rejected" : call[_pending] ? "pending" : null;
        if (membership is not null)
        {
            var member = project ?? (await call.Cloud.Session(cancellation)).ProjectId;
            await images.Put($"/images/{image.Id()}/members/{member}", new JsonObject { ["status"] = membership }, cancellation);
        }

        var changes = Changes(call, image, project);
        if (changes.Count > 0) await images.Patch("/images/" + image.Id(), ImagePatch.Of(changes), cancellation, ImagePatch.MediaType);
    }

    private JsonObject Changes(Call call, JsonObject image, string? project)
    {
        var changes = _options.Read(call);
        changes.With("name", call[_name]).With("architecture", call[_architecture]).With("instance_id", call[_instance])
            .With("kernel_id", call[_kernel]).With("os_distro", call[_distro]).With("os_version", call[_version])
            .With("ramdisk_id", call[_ramdisk]).With("owner", project).With("os_hidden", call.Either(_hidden, _unhidden));
        if (call.Has(_tags))
        {
            var tags = (image["tags"] as JsonArray ?? []).Select(tag => tag!.GetValue<string>()).Union(call[_tags]);
            changes["tags"] = JsonReading.Array(tags.Order(StringComparer.Ordinal));
        }

        return changes;
    }
}
