using Cumulet.Cli.Volume.Volumes;

namespace Cumulet.Cli.Commands;

static partial class CommandTable
{
    private static readonly CommandEntry[] Volume =
    [
        new("volume list", syntax => new VolumeList(syntax)),
    ];
}
