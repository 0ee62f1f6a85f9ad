using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Image.Members;

sealed class ImageMemberList(Syntax syntax) : ListCommand(syntax)
{
    private readonly Argument<string> _image = syntax.Argument("<image>", "Image (name or ID)");
    private readonly Option<string?> _domain = syntax.Value("--project-domain", "<project-domain>", "Accepted for compatibility");

    public override string Description => "List projects associated with image";

    protected override async Task<Table> List(Call call, CancellationToken cancellation)
    {
        _ = call[_domain];
        var id = await call.Cloud.FindId(Resources.Image, call[_image], cancellation);
        var members = await call.Cloud.Image.List($"/images/{id}/members", "members", cancellation);
        return Table.Of(members,
            [("Image ID", member => new Cell(member.Text("image_id") ?? id)), Columns.OrNone("Member ID", "member_id"), Columns.OrNone("Status", "status")]);
    }
}
