using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.BlockStorage.Backups.Target;
using Cumulet.ControlPlane.BlockStorage.Messages;
using Cumulet.ControlPlane.Layers;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.BlockStorage.Backups;

/// <summary>
/// Reads a backup that lies outside of the pool into a new disk, for the sagas that make one. It is <c>restoring</c> meanwhile,
/// so that nobody removes it; what it is a difference to cannot go before it.
/// </summary>
internal static class BackupRestoring
{
    public static void Begin(Tx tx, BackupTarget? target, BackupRecord backup, DateTimeOffset now)
    {
        BackupTarget.Require(target, backup);
        if (!BackupStore.Move(tx, backup.Id, [BackupStatus.Available], BackupStatus.Restoring, now))
            throw Fault.BadRequest("Invalid backup: Backup status must be available");
    }

    public static async Task Fill(Database database, LayersRoom layers, BackupTarget? target, Guid layer, string backupId, CancellationToken cancel)
    {
        var (chain, planned) = database.Read(tx => (BackupStore.Chain(tx, backupId), layers.Find(tx, layer)));
        var place = BackupTarget.Of(chain[^1], target);
        await layers.Fill(layer, (disk, stop) => place.Read(chain, disk, planned!.VirtualSize, stop), cancel);
    }

    /// <summary>Whether it was restored or not, the backup is as good as before.</summary>
    /// <param name="cause">Why it was not.</param>
    public static void End(Tx tx, string? backupId, DateTimeOffset now, Exception? cause = null)
    {
        if (backupId is null || !BackupStore.Move(tx, backupId, [BackupStatus.Restoring], BackupStatus.Available, now)) return;
        var reason = cause is null ? null : BackupTarget.ReasonOf(cause);
        tx.Execute($"UPDATE volume_backups SET fail_reason = {reason} WHERE id = {backupId}");
        if (cause is null || BackupStore.Find(tx, backupId) is not { } backup) return;
        UserMessages.Add(tx, backup.ProjectId, "VOLUME_BACKUP", backup.Id, ("015", "restore backup"),
            ("026", "Backup driver failed to restore backup."), now);
    }
}
