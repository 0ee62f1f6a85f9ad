using System.Text.Json.Serialization;
using Cumulet.ControlPlane.BlockStorage.Backups.Target;
using Cumulet.ControlPlane.Sagas;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.BlockStorage.Backups;

public sealed record DeleteBackupState(string BackupId);

[JsonSerializable(typeof(DeleteBackupState))]
internal sealed partial class DeleteBackupJson : JsonSerializerContext;

/// <summary>Removes a backup that lies outside of the pool: first its files, then its row. One in the pool goes with its layer.</summary>
internal sealed class DeleteBackup(CloudParts parts, BackupTarget? target)
    : Saga<DeleteBackupState>("delete-backup", DeleteBackupJson.Default.DeleteBackupState)
{
    protected override void Define(StepList<DeleteBackupState> steps) => steps
        .NoReturn()
        .Do("remove files", RemoveFiles)
        .Commit("gone", (tx, state) => BackupStore.Delete(tx, state.BackupId));

    public void Begin(Tx tx, BackupRecord backup, string requestId)
    {
        BackupTarget.Require(target, backup);
        BackupStore.Move(tx, backup.Id, [backup.Status], BackupStatus.Deleting, parts.Time.GetUtcNow());
        parts.Sagas.Start(tx, this, new DeleteBackupState(backup.Id), $"backup:{backup.Id}", requestId);
    }

    private async Task RemoveFiles(DeleteBackupState state, CancellationToken cancel)
    {
        if (parts.Database.Read(tx => BackupStore.Find(tx, state.BackupId)) is not { } backup) return;
        await BackupTarget.Of(backup, target).Remove(backup, cancel);
    }
}
