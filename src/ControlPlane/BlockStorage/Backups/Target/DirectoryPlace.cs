using System.Globalization;
using System.Text.RegularExpressions;
using Cumulet.Disks;
using Cumulet.Disks.Local;

namespace Cumulet.ControlPlane.BlockStorage.Backups.Target;

/// <summary>
/// A directory on other storage, laid out as Cinder's posix driver does: a container is a path below it, a file
/// <c>volume_V_TIME_backup_B-00001</c>. Rule: cinder/backup/drivers/posix.py.
/// </summary>
internal sealed partial class DirectoryPlace(string directory) : IBackupPlace
{
    public string Service => "cinder.backup.drivers.posix.PosixBackupDriver";

    public string ContainerRule => "a directory of the backup target: letters, digits, '.', '_' and '-', parted by '/'";

    // A container is a path below the directory, so no part of it may lead elsewhere.
    public bool IsContainer(string name) => name.Length <= 255 && Containers().IsMatch(name);

    public bool IsPrefix(string name) => name.Length <= 255 && Prefixes().IsMatch(name);

    public string ContainerOf(string backupId) => $"{backupId[..2]}/{backupId[2..4]}/{backupId}";

    public string PrefixOf(string volumeId, string backupId, DateTimeOffset now) =>
        string.Create(CultureInfo.InvariantCulture, $"volume_{volumeId}_{now.UtcDateTime:yyyyMMddHHmmss}_backup_{backupId}");

    public Task Write(string container, string name, WriteFile content, CancellationToken cancel) => Guard(async () =>
    {
        await Check(cancel);
        Directory.CreateDirectory(FolderOf(container));
        var path = PathOf(container, name);
        await using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, 0, useAsync: true);
        await content(file, cancel);
        file.Flush(flushToDisk: true);
        return true;
    });

    // The files are on the disk; here their names and those of the folders follow.
    public Task Finish(string container) => Guard(() =>
    {
        for (var folder = FolderOf(container); ; folder = Path.GetDirectoryName(folder)!)
        {
            Posix.SyncDirectory(folder);
            if (folder == directory) return Task.FromResult(true);
        }
    });

    public Task<T> Read<T>(string container, string name, ReadFile<T> read, CancellationToken cancel) => Guard(async () =>
    {
        await using var file = new FileStream(PathOf(container, name), FileMode.Open, FileAccess.Read);
        return await read(file, cancel);
    });

    public Task<bool> Holds(string container, string name, CancellationToken cancel) =>
        Task.FromResult(File.Exists(PathOf(container, name)));

    public Task Remove(string container, string prefix, string first, CancellationToken cancel) => Task.Run(() => Guard(async () =>
    {
        await Check(cancel);
        var folder = FolderOf(container);
        if (!Directory.Exists(folder)) return true;
        File.Delete(PathOf(container, first));
        foreach (var file in Directory.EnumerateFiles(folder, prefix + "*").ToList()) File.Delete(file);
        for (; folder != directory && !Directory.EnumerateFileSystemEntries(folder).Any(); folder = Path.GetDirectoryName(folder)!)
            Directory.Delete(folder);
        Posix.SyncDirectory(folder);
        return true;
    }), cancel);

    // A directory that is not mounted now has forgotten nothing.
    public Task Check(CancellationToken cancel) =>
        Directory.Exists(directory) ? Task.CompletedTask : throw new BackupTargetException("the backup target is not there");

    private string FolderOf(string container) => Path.Combine(directory, container);

    private string PathOf(string container, string name) => Path.Combine(directory, container, name);

    private static async Task<T> Guard<T>(Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw Named(failure);
        }
    }

    private static BackupTargetException Named(Exception failure) => failure switch
    {
        FileNotFoundException or DirectoryNotFoundException => BackupTargetException.Missing(failure),
        IOException full when DiskException.Of(full) is { Fault: DiskFault.NoSpace } => new("the backup target is full", failure),
        UnauthorizedAccessException => new("the backup target may not be written or read", failure),
        _ => new("the backup target cannot be written or read", failure),
    };

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)*\z")]
    private static partial Regex Containers();

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9._-]*\z")]
    private static partial Regex Prefixes();
}
