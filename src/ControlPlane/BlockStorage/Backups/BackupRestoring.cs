using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.BlockStorage.Backups.Target;
using Cumulet.ControlPlane.Layers;
using Cumulet.ControlPlane.Sagas;
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
        if (target is null) throw Fault.Unavailable($"Backup {backup.Id} lies in a backup target, and {BackupTarget.Missing}.");
        if (!BackupStore.Move(tx, backup.Id, [BackupStatus.Available], BackupStatus.Restoring, now))
            throw Fault.BadRequest("Invalid backup: Backup status must be available");
    }

    public static async Task Fill(Database database, LayersRoom layers, BackupTarget? target, Guid layer, string backupId, CancellationToken cancel)
    {
        if (target is null) throw new SagaFailedException(BackupTarget.Missing);
        var (chain, planned) = database.Read(tx => (BackupStore.Chain(tx, backupId), layers.Find(tx, layer)));
        await layers.Fill(layer, (disk, stop) => target.Read(chain, disk, planned!.VirtualSize, stop), cancel);
    }

    /// <summary>Whether it was restored or not, the backup is as good as before.</summary>
    public static void End(Tx tx, string? backupId, DateTimeOffset now)
    {
        if (backupId is not null) BackupStore.Move(tx, backupId, [BackupStatus.Restoring], BackupStatus.Available, now);
    }
}
