using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Volume.Backups;

sealed class VolumeBackupDelete(Syntax syntax) : ForceDeleteCommand(syntax, Resources.Backup, "backup")
{
    public override string Description => "Delete volume backup(s)";
}
