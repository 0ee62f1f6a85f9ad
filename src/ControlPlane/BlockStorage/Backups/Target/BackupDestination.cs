namespace Cumulet.ControlPlane.BlockStorage.Backups.Target;

/// <summary>Where backups outside of the pool are kept, as <c>--backup-target</c> names it.</summary>
public abstract record BackupDestination
{
    private BackupDestination() { }

    /// <summary>On other storage, mounted here.</summary>
    public sealed record InDirectory(string Path) : BackupDestination;

    /// <summary>In the object store of anybody who speaks S3.</summary>
    public sealed record InBucket(BucketSettings Bucket) : BackupDestination;

    /// <param name="path">A directory, or a file with the settings of a bucket.</param>
    /// <exception cref="FormatException">Says in one line what to mend, and nothing of what the file holds.</exception>
    public static BackupDestination Read(string path)
    {
        var full = System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(path));
        if (Directory.Exists(full)) return new InDirectory(full);
        if (!File.Exists(full))
            throw new FormatException(
                $"'{path}': no such directory or file; make or mount the directory, or write the settings of a bucket into that file");
        return new InBucket(BucketSettings.Read(path));
    }
}
