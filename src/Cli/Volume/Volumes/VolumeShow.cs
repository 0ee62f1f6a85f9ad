using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Volume.Volumes;

sealed class VolumeShow(Syntax syntax) : ShowByNameCommand(syntax, Resources.Volume, "volume", VolumeFields.Show);
