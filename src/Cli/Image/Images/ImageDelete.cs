using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Image.Images;

sealed class ImageDelete(Syntax syntax) : DeleteCommand(syntax, Resources.Image, "image")
{
    protected override string Summary(int failed, int all) => $"Failed to delete {failed} of {all} images.";
}
