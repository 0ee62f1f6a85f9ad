using System.Collections.Concurrent;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Sagas;
using Cumulet.Disks;

namespace Cumulet.ControlPlane.BlockStorage.Backups.Target;

/// <summary>
/// Backups outside of the pool, written as Cinder's chunked drivers write them, so that either can restore what the other has
/// written. Where the files lie is the matter of an <see cref="IBackupPlace"/>; what a backup is made of is told here:
///
///     container/prefix-00001 …    the data in pieces, compressed by zlib where that makes them smaller
///     container/prefix_sha256file a hash of each 32 KiB, which the next incremental backup is compared with
///     container/prefix_metadata   the pieces in their order; written last: with it the backup is whole
///
/// Rule: cinder/backup/chunkeddriver.py, version 1.0.0.
/// </summary>
internal sealed partial class BackupTarget(IBackupPlace place)
{
    private const string Hashes = "_sha256file";
    private const string Manifest = "_metadata";

    public static BackupTarget? At(BackupDestination? destination, TimeProvider time) => destination switch
    {
        null => null,
        BackupDestination.InDirectory(var path) => new BackupTarget(new DirectoryPlace(path)),
        BackupDestination.InBucket(var settings) => new BackupTarget(new BucketPlace(settings, time)),
        _ => throw new InvalidOperationException($"no place for {destination.GetType()}"),
    };

    public IBackupPlace Place => place;

    /// <summary>The target where a backup lies. A cloud that was started without it has it again some day.</summary>
    /// <exception cref="BackupTargetException">That is not <paramref name="target"/>.</exception>
    public static BackupTarget Of(BackupRecord backup, BackupTarget? target) =>
        target is not null && target.Place.Service == backup.Service ? target : throw new BackupTargetException(Elsewhere(backup, target));

    /// <summary>The same for requests: 503.</summary>
    public static void Require(BackupTarget? target, BackupRecord backup)
    {
        if (target?.Place.Service != backup.Service) throw Fault.Unavailable($"Backup {backup.Id}: {Elsewhere(backup, target)}.");
    }

    /// <summary>Why making or restoring a backup has failed, for its owner.</summary>
    public static string ReasonOf(Exception cause) =>
        cause is DiskException or SagaFailedException or BackupTargetException ? cause.Message : "An unknown error occurred.";

    private static string Elsewhere(BackupRecord backup, BackupTarget? target) => $"it lies in a backup target ({backup.Service}), "
        + (target is null ? "and this cloud was started without --backup-target" : "and this cloud was started with another one");

    /// <summary>What is wrong with the target, if anything, and which of these backups it has not as a whole.</summary>
    public async Task<IReadOnlyList<string>> Audit(IReadOnlyList<BackupRecord> backups, CancellationToken cancel)
    {
        try
        {
            await place.Check(cancel);
        }
        catch (BackupTargetException away)
        {
            return [away.Message, .. backups.Select(b => $"backup {b.Id} cannot be read: {away.Message}")];
        }
        var faults = new ConcurrentQueue<string>();
        var few = new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = cancel };
        await Parallel.ForEachAsync(backups, few, async (backup, stop) =>
        {
            try
            {
                if (!await place.Holds(ContainerOf(backup), PrefixOf(backup) + Manifest, stop))
                    faults.Enqueue($"backup {backup.Id} is not in the backup target");
            }
            catch (BackupTargetException failure)
            {
                faults.Enqueue($"backup {backup.Id} cannot be read: {failure.Message}");
            }
        });
        return [.. faults];
    }

    /// <summary>Removes whatever there is of a backup; what says that it is whole goes first. Twice is once.</summary>
    public Task Remove(BackupRecord backup, CancellationToken cancel) =>
        place.Remove(ContainerOf(backup), PrefixOf(backup), PrefixOf(backup) + Manifest, cancel);

    private string ContainerOf(BackupRecord backup) =>
        place.IsContainer(backup.Container ?? "") ? backup.Container! : throw Nowhere(backup);

    private string PrefixOf(BackupRecord backup) =>
        place.IsPrefix(backup.ServiceMetadata ?? "") ? backup.ServiceMetadata! : throw Nowhere(backup);

    private static BackupTargetException Nowhere(BackupRecord backup) => new($"backup {backup.Id} names no place in the backup target");
}
