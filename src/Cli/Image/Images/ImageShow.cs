using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Image.Images;

sealed class ImageShow(Syntax syntax) : ShowCommand(syntax)
{
    private readonly Option<bool> _readable = syntax.Flag("--human-readable", "Print the size in units that people read");
    private readonly Argument<string> _image = syntax.Argument("<image>", "Image to display (name or ID)");

    public override string Description => "Display image details";

    protected override async Task<Record?> Show(Call call, CancellationToken cancellation) =>
        ImageFields.Show(await call.Cloud.Find(Resources.Image, call[_image], cancellation), call[_readable]);
}
