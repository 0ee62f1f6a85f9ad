using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Volume.Types;

sealed class VolumeTypeDelete(Syntax syntax) : DeleteCommand(syntax, Resources.VolumeType, "volume type");
