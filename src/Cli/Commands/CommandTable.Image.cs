using Cumulet.Cli.Image.Images;

namespace Cumulet.Cli.Commands;

static partial class CommandTable
{
    private static readonly CommandEntry[] Image =
    [
        new("image list", syntax => new ImageList(syntax)),
    ];
}
