using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Identity;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Image.Members;

sealed class ImageAddProject(Syntax syntax) : ShowCommand(syntax)
{
    private readonly Argument<string> _image = syntax.Argument("<image>", "Image to share (name or ID)");
    private readonly ProjectArgument _project = new(syntax, "Project to share it with (name or ID)");

    private static readonly Fields Shown = new("created_at image_id member_id schema status updated_at", []);

    public override string Description => "Associate project with image";

    protected override async Task<Record?> Show(Call call, CancellationToken cancellation)
    {
        var image = await call.Cloud.FindId(Resources.Image, call[_image], cancellation);
        var body = new JsonObject { ["member"] = await _project.Id(call, cancellation) };
        var member = await call.Cloud.Image.Post($"/images/{image}/members", body, cancellation);
        member["image_id"] ??= image;
        member["member_id"] ??= body["member"].Copy();
        return Shown.Show(member);
    }
}
