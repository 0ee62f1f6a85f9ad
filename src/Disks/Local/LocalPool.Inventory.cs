using Cumulet.Disks.Inspection;
using Cumulet.Disks.Qcow2;

namespace Cumulet.Disks.Local;

public sealed partial class LocalPool
{
    /// <inheritdoc/>
    public Task DeleteAsync(Guid id, CancellationToken cancellationToken) =>
        DoAsync(
            () =>
            {
                var gone = false;
                foreach (var format in Enum.GetValues<DiskFormat>())
                {
                    File.Delete(_files.StagingPath(id, format));
                    var path = _files.PathOf(id, format);
                    gone |= File.Exists(path);
                    File.Delete(path);
                }

                if (gone)
                {
                    Posix.SyncDirectory(_files.Layers);
                }

                return gone;
            },
            cancellationToken);

    /// <inheritdoc/>
    public LayerUsage Usage(LayerRef layer)
    {
        var place = Existing(layer);
        return new(Posix.AllocatedBytes(place.Path), VirtualSize(place));
    }

    /// <inheritdoc/>
    public bool IsEncrypted(LayerRef layer)
    {
        using var file = File.OpenHandle(Existing(layer).Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        return layer.Format == DiskFormat.Qcow2 && Qcow2Stamp.Read(ByteSource.Of(file)) is { Encrypted: true };
    }

    /// <inheritdoc/>
    public PoolCapacity Capacity()
    {
        var drive = new DriveInfo(_files.Root);
        var (allocated, virtualBytes) = (0L, 0L);
        foreach (var path in Directory.EnumerateFiles(_files.Layers))
        {
            try
            {
                allocated += Posix.AllocatedBytes(path);
                virtualBytes += Parse(path) is { } layer && !_files.IsSealed(path) ? VirtualSize(layer) : 0;
            }
            catch (IOException e) when (!File.Exists(path) || PoolFiles.IsBeingMade(e))
            {
                // deleted between listing and looking, or so new that its maker has not let go of it: it takes no space yet
            }
        }

        return new(drive.TotalSize, Math.Max(0, drive.AvailableFreeSpace - _options.ReservedBytes), allocated, virtualBytes);
    }

    /// <inheritdoc/>
    public PoolInventory Recover(IReadOnlySet<Guid> known)
    {
        var leftovers = Directory.GetFiles(_files.Staging);
        foreach (var leftover in leftovers)
        {
            File.Delete(leftover);
        }

        foreach (var path in Directory.EnumerateFileSystemEntries(_files.Layers).Where(p => Parse(p) is not null))
        {
            _ = _files.CloseSealed(path);
        }

        Posix.SyncDirectory(_files.Staging);
        return Compare(known) with { Cleared = leftovers.Length };
    }

    /// <inheritdoc/>
    public PoolInventory Compare(IReadOnlySet<Guid> known)
    {
        List<DiskLayer> orphans = [];
        List<string> strangers = [];
        var missing = new HashSet<Guid>(known);
        foreach (var path in Directory.EnumerateFileSystemEntries(_files.Layers))
        {
            if (Parse(path) is not { } layer)
            {
                strangers.Add(Path.GetFileName(path));
                continue;
            }

            if (!missing.Remove(layer.Id) && !known.Contains(layer.Id))
            {
                orphans.Add(layer);
            }
        }

        return new(orphans, [.. missing], strangers, 0);
    }

    private DiskLayer? Parse(string path)
    {
        var name = Path.GetFileNameWithoutExtension(path);
        return Guid.TryParseExact(name, "D", out var id)
            ? Enum.GetValues<DiskFormat>().Select(f => _files.LayerOf(id, f)).FirstOrDefault(l => l.Path == path)
            : null;
    }
}
