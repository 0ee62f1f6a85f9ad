namespace Cumulet.ControlPlane.BlockStorage.Backups.Target;

/// <summary>
/// Where the files of backups lie. A file is in a container and has a name there; one that is written is whole and durable, or was
/// not written. What cannot be done is told by <see cref="BackupTargetException"/>.
/// </summary>
internal interface IBackupPlace
{
    /// <summary>Cinder's driver that lays its files out like this, by which records of backups name the place.</summary>
    string Service { get; }

    /// <summary>What users may name as a container, in words.</summary>
    string ContainerRule { get; }

    bool IsContainer(string name);

    bool IsPrefix(string name);

    /// <summary>The container of a backup whose user has named none.</summary>
    string ContainerOf(string backupId);

    /// <summary>What the names of all files of a backup begin with.</summary>
    string PrefixOf(string volumeId, string backupId, DateTimeOffset now);

    /// <summary>Writes a file, over one that is there.</summary>
    /// <param name="content">Writes what is to be in it; called again for another attempt.</param>
    Task Write(string container, string name, WriteFile content, CancellationToken cancel);

    /// <summary>After the last of a backup's files: from now on they are found there, whatever happens.</summary>
    Task Finish(string container);

    /// <param name="read">Called again for another attempt.</param>
    Task<T> Read<T>(string container, string name, ReadFile<T> read, CancellationToken cancel);

    Task<bool> Holds(string container, string name, CancellationToken cancel);

    /// <summary>Removes all files whose names begin so, the one named <paramref name="first"/> before the others. Twice is once.</summary>
    Task Remove(string container, string prefix, string first, CancellationToken cancel);

    /// <summary>Throws where the place as a whole cannot be read.</summary>
    Task Check(CancellationToken cancel);
}

internal delegate Task WriteFile(Stream file, CancellationToken cancel);

internal delegate Task<T> ReadFile<T>(Stream file, CancellationToken cancel);

/// <summary>What a backup target cannot do, in words for whoever asked: they name no machine and no key.</summary>
internal sealed class BackupTargetException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>The target is there and has no such file.</summary>
    public bool IsMissing { get; init; }

    public static BackupTargetException Missing(Exception? inner = null) =>
        new("the backup target has not all of the backup's files", inner) { IsMissing = true };
}
