using System.Globalization;
using System.Text.RegularExpressions;
using Cumulet.ControlPlane.Sagas;
using Cumulet.Disks;
using Cumulet.Disks.Local;

namespace Cumulet.ControlPlane.BlockStorage.Backups.Target;

/// <summary>
/// A directory outside of the pool that backups are kept in, laid out as Cinder's posix driver does, so that either can
/// restore what the other has written:
///
///     container/volume_V_TIME_backup_B-00001 …    the data in pieces, compressed by zlib where that makes them smaller
///     container/volume_V_TIME_backup_B_sha256file a hash of each 32 KiB, which the next incremental backup is compared with
///     container/volume_V_TIME_backup_B_metadata   the pieces in their order; written last: with it the backup is whole
///
/// Rule: cinder/backup/chunkeddriver.py, version 1.0.0, and cinder/backup/drivers/posix.py.
/// </summary>
internal sealed partial class BackupTarget(string directory)
{
    /// <summary>The service that records of such backups name.</summary>
    public const string Service = "cinder.backup.drivers.posix.PosixBackupDriver";

    public const string Missing = "this cloud was started without --backup-target";

    public static string PrefixOf(string volumeId, string backupId, DateTimeOffset now) =>
        string.Create(CultureInfo.InvariantCulture, $"volume_{volumeId}_{now.UtcDateTime:yyyyMMddHHmmss}_backup_{backupId}");

    public static string ContainerOf(string backupId) => $"{backupId[..2]}/{backupId[2..4]}/{backupId}";

    /// <summary>A container is a path below the directory, so no part of it may lead elsewhere.</summary>
    public static bool IsContainer(string name) => name.Length <= 255 && Containers().IsMatch(name);

    public static bool IsPrefix(string name) => name.Length <= 255 && Prefixes().IsMatch(name);

    /// <summary>Whether the backup is there as a whole.</summary>
    public bool Holds(BackupRecord backup) => File.Exists(PathOf(backup, "_metadata"));

    /// <summary>Removes whatever there is of a backup. Twice is once.</summary>
    public Task Remove(BackupRecord backup) => Task.Run(() => Guard(() =>
    {
        // A directory that is not mounted now has forgotten nothing.
        if (!Directory.Exists(directory)) throw new SagaFailedException("the backup target is not there");
        var folder = FolderOf(backup);
        if (!Directory.Exists(folder)) return;
        // What says that it is whole goes first.
        File.Delete(PathOf(backup, "_metadata"));
        foreach (var file in Directory.EnumerateFiles(folder, backup.ServiceMetadata + "*").ToList()) File.Delete(file);
        for (; folder != directory && !Directory.EnumerateFileSystemEntries(folder).Any(); folder = Path.GetDirectoryName(folder)!)
            Directory.Delete(folder);
        Posix.SyncDirectory(folder);
    }));

    private string FolderOf(BackupRecord backup) =>
        IsContainer(backup.Container ?? "") && IsPrefix(backup.ServiceMetadata ?? "")
            ? Path.Combine(directory, backup.Container!)
            : throw new SagaFailedException($"backup {backup.Id} names no place in the backup target");

    private string PathOf(BackupRecord backup, string what) => Path.Combine(FolderOf(backup), backup.ServiceMetadata + what);

    // Who asks learns what is wrong with the target, not how this machine names it.
    private static void Guard(Action work)
    {
        try
        {
            work();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw Named(failure);
        }
    }

    private static SagaFailedException Named(Exception failure) => new(failure switch
    {
        IOException full when DiskException.Of(full) is { Fault: DiskFault.NoSpace } => "the backup target is full",
        FileNotFoundException or DirectoryNotFoundException => "the backup target has not all of the backup's files",
        UnauthorizedAccessException => "the backup target may not be written or read",
        _ => "the backup target cannot be written or read",
    }, failure);

    [GeneratedRegex("^[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)*$")]
    private static partial Regex Containers();

    [GeneratedRegex("^[A-Za-z0-9][A-Za-z0-9._-]*$")]
    private static partial Regex Prefixes();
}
