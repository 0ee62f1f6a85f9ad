using System.Globalization;
using System.Text.RegularExpressions;
using Cumulet.ControlPlane.BlockStorage.Backups.Target.S3;

namespace Cumulet.ControlPlane.BlockStorage.Backups.Target;

/// <summary>
/// A bucket, laid out as Cinder's S3 driver does: a container is a bucket, a file the object <c>volume_V/TIME/az_Z_backup_B-00001</c>.
/// Rule: cinder/backup/drivers/s3.py.
/// </summary>
internal sealed partial class BucketPlace(BucketSettings settings, TimeProvider time) : IBackupPlace
{
    private readonly S3Client _store = new(settings, time);

    public string Service => "cinder.backup.drivers.s3.S3BackupDriver";

    public string ContainerRule => "a bucket: 3 to 63 letters, digits, '.', '_' and '-'";

    public bool IsContainer(string name) => BucketSettings.Buckets().IsMatch(name);

    // A part that begins with a dot could be taken for a way up.
    public bool IsPrefix(string name) => name.Length <= 255 && Prefixes().IsMatch(name);

    public string ContainerOf(string backupId) => settings.Bucket;

    public string PrefixOf(string volumeId, string backupId, DateTimeOffset now) => string.Create(
        CultureInfo.InvariantCulture, $"volume_{volumeId}/{now.UtcDateTime:yyyyMMddHHmmss}/az_{BlockStorageRoom.Zone}_backup_{backupId}");

    // Rule (Cinder): a bucket that is not there is made, where the key may do that.
    public async Task Write(string container, string name, WriteFile content, CancellationToken cancel)
    {
        try
        {
            await _store.Put(container, name, content, cancel);
        }
        catch (BackupTargetException failure) when (HasNoBucket(failure))
        {
            await _store.Create(container, cancel);
            await _store.Put(container, name, content, cancel);
        }
    }

    public Task Finish(string container) => Task.CompletedTask;

    public Task<T> Read<T>(string container, string name, ReadFile<T> read, CancellationToken cancel) =>
        _store.Get(container, name, read, cancel);

    public Task<bool> Holds(string container, string name, CancellationToken cancel) => _store.Has(container, name, cancel);

    public async Task Remove(string container, string prefix, string first, CancellationToken cancel)
    {
        try
        {
            await _store.Delete(container, first, cancel);
            string? next = null;
            do
            {
                (var names, next) = await _store.List(container, prefix, next, cancel);
                await Parallel.ForEachAsync(names, new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = cancel },
                    async (name, stop) => await _store.Delete(container, name, stop));
            }
            while (next is not null);
        }
        catch (BackupTargetException failure) when (HasNoBucket(failure))
        {
            // Nor anything in it.
        }
    }

    public async Task Check(CancellationToken cancel)
    {
        try
        {
            await _store.List(settings.Bucket, "volume_", null, cancel);
        }
        catch (BackupTargetException failure) when (HasNoBucket(failure))
        {
            // The first backup makes it.
        }
    }

    private static bool HasNoBucket(BackupTargetException failure) => failure.InnerException is S3Failure { HasNoBucket: true };

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9._:@-]*(/[A-Za-z0-9][A-Za-z0-9._:@-]*)*\z")]
    private static partial Regex Prefixes();
}
