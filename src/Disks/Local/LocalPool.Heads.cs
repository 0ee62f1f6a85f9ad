using Cumulet.Disks.Encryption;
using Cumulet.Disks.Inspection;
using Cumulet.Disks.Qcow2;

namespace Cumulet.Disks.Local;

public sealed partial class LocalPool
{
    /// <inheritdoc/>
    public Task<DiskLayer> BlankAsync(Guid id, long size, DiskFormat format, LayerKey? key, CancellationToken cancellationToken)
    {
        RequireSize(size);
        RequireEncryptable(format, key);
        return format switch
        {
            DiskFormat.Qcow2 => DoAsync(() => MakeQcow2(id, size, null, key), cancellationToken),
            DiskFormat.Raw => DoAsync(() => MakeRaw(id, size), cancellationToken),
            _ => throw new ArgumentOutOfRangeException(nameof(format), format, "A head is qcow2 or raw."),
        };
    }

    /// <inheritdoc/>
    public Task<DiskLayer> CloneAsync(Guid id, IReadOnlyList<LayerRef> chain, long size, LayerKey? key, CancellationToken cancellationToken)
    {
        RequireSize(size);
        return DoAsync(() => MakeOn(id, Open(chain), size, key), cancellationToken);
    }

    /// <inheritdoc/>
    public Task SealAsync(LayerRef head, CancellationToken cancellationToken) => SetSealedAsync(head, true, cancellationToken);

    /// <inheritdoc/>
    public Task UnsealAsync(LayerRef layer, CancellationToken cancellationToken) => SetSealedAsync(layer, false, cancellationToken);

    /// <inheritdoc/>
    public Task<DiskLayer> ForkAsync(IReadOnlyList<LayerRef> chain, Guid newHead, CancellationToken cancellationToken) =>
        DoAsync(
            () =>
            {
                var open = Open(chain);
                _files.SetSealed(open.Top.Path, true);
                return MakeOn(newHead, open, VirtualSize(open.Top), open.Top.Key);
            },
            cancellationToken);

    private Task SetSealedAsync(LayerRef layer, bool isSealed, CancellationToken cancellationToken) =>
        DoAsync(
            () =>
            {
                _files.SetSealed(Existing(layer).Path, isSealed);
                return true;
            },
            cancellationToken);

    private DiskLayer MakeOn(Guid id, DiskChain chain, long size, LayerKey? key)
    {
        var below = VirtualSize(chain.Top);
        if (size < below)
        {
            throw new DiskException(DiskFault.BadSize, $"The size is {size} bytes, but the source has {below}; ask for at least that.");
        }

        if (!chain.Top.Format.IsServable() || !_files.IsSealed(chain.Top.Path))
        {
            throw new DiskException(DiskFault.WrongState,
                $"Layer {chain.Top.Id} ({chain.Top.Format.Name()}) cannot be built on; seal it, and copy other formats to raw or qcow2 first.");
        }

        return MakeQcow2(id, size, chain.Top, key);
    }

    private DiskLayer MakeQcow2(Guid id, long size, DiskLayer? below, LayerKey? key)
    {
        var layer = _files.LayerOf(id, DiskFormat.Qcow2) with { Key = key };
        var note = below is null ? null : Path.GetFileName(below.Path);
        if (_files.Find(id) is { } existing)
        {
            return existing.Path == layer.Path && IsAsMade(existing, new((size + 511) & ~511L, note, key is not null))
                ? layer
                : throw new DiskException(DiskFault.Conflict, $"Layer {id} exists with another size, format or base.");
        }

        RequireSpace(0);
        var staged = _files.StagingPath(id, DiskFormat.Qcow2);
        using var file = _files.Stage(staged);
        Qcow2Overlay.Write(file, size, note, below?.Format, key);
        _files.Publish(file, staged, layer, isSealed: false);
        return layer;
    }

    private static bool IsAsMade(DiskLayer layer, Qcow2Stamp made)
    {
        using var file = File.OpenHandle(layer.Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        return Qcow2Stamp.Read(ByteSource.Of(file)) == made;
    }

    private DiskLayer MakeRaw(Guid id, long size)
    {
        var layer = _files.LayerOf(id, DiskFormat.Raw);
        if (IsMadeRaw(layer, size))
        {
            return layer;
        }

        RequireSpace(0);
        var staged = _files.StagingPath(id, DiskFormat.Raw);
        using var file = _files.Stage(staged);
        RandomAccess.SetLength(file, size);
        _files.Publish(file, staged, layer, isSealed: false);
        return layer;
    }

    /// <summary>Whether it is there by an earlier call with the same words; one of other words is refused.</summary>
    private bool IsMadeRaw(DiskLayer layer, long size)
    {
        if (_files.Find(layer.Id) is not { } existing)
        {
            return false;
        }

        return existing == layer && new FileInfo(layer.Path).Length == size
            ? true
            : throw new DiskException(DiskFault.Conflict, $"Layer {layer.Id} exists with another size or format.");
    }

    // QEMU writes raw files as they are; an encrypted one would be another format.
    private static void RequireEncryptable(DiskFormat format, LayerKey? key)
    {
        if (key is not null && format != DiskFormat.Qcow2)
        {
            throw new ArgumentOutOfRangeException(nameof(format), format, "An encrypted layer is qcow2.");
        }
    }

    private static void RequireSize(long size)
    {
        if (size is < 0 or > Qcow2Overlay.MaxVirtualSize)
        {
            throw new DiskException(DiskFault.BadSize, $"The size is {size} bytes; 0 to {Qcow2Overlay.MaxVirtualSize} is possible.");
        }
    }
}
