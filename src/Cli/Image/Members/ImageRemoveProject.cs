using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Identity;

namespace Cumulet.Cli.Image.Members;

sealed class ImageRemoveProject(Syntax syntax) : ActionCommand(syntax)
{
    private readonly Argument<string> _image = syntax.Argument("<image>", "Image that is shared (name or ID)");
    private readonly ProjectArgument _project = new(syntax, "Project to take it from (name or ID)");

    public override string Description => "Disassociate project with image";

    protected override async Task Act(Call call, CancellationToken cancellation)
    {
        var image = await call.Cloud.FindId(Resources.Image, call[_image], cancellation);
        await call.Cloud.Image.Delete($"/images/{image}/members/{await _project.Id(call, cancellation)}", cancellation);
    }
}
