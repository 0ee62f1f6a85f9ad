using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Identity;

namespace Cumulet.Cli.Volume.Backups;

sealed class VolumeBackupShow(Syntax syntax) : ShowByNameCommand(syntax, Resources.Backup, "volume backup", Entity.Show, "<backup>");
