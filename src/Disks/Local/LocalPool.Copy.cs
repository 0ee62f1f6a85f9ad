using Cumulet.Disks.Encryption;
using Cumulet.Disks.Qcow2;

namespace Cumulet.Disks.Local;

public sealed partial class LocalPool
{
    /// <inheritdoc/>
    public async Task<DiskLayer> CopyAsync(
        Guid id, IReadOnlyList<LayerRef> chain, DiskFormat format, long? size, LayerKey? key, CancellationToken cancellationToken)
    {
        RequireEncryptable(format, key);
        if (format is not (DiskFormat.Raw or DiskFormat.Qcow2))
        {
            throw new ArgumentOutOfRangeException(nameof(format), format, "A copy is raw or qcow2.");
        }

        var source = Open(chain);
        var content = VirtualSize(source.Top);
        var wanted = size ?? content;
        RequireSize(wanted);
        if (wanted < content)
        {
            throw new DiskException(DiskFault.BadSize, $"The size is {wanted} bytes, but the source has {content}; ask for at least that.");
        }

        var layer = _files.LayerOf(id, format) with { Key = key };
        if (_files.Find(id) is { } existing)
        {
            return existing.Path == layer.Path && VirtualSize(existing) >= wanted
                ? layer
                : throw new DiskException(DiskFault.Conflict, $"Layer {id} exists with another size or format.");
        }

        RequireSpace(source.Layers.Sum(l => Posix.AllocatedBytes(l.Path)));
        var staged = new DiskLayer(id, format, _files.StagingPath(id, format), key);
        try
        {
            await FillAsync(source, content, staged, wanted, cancellationToken).ConfigureAwait(false);
            await DoAsync(
                () =>
                {
                    _files.Publish(staged.Path, layer, isSealed: false);
                    return true;
                },
                cancellationToken).ConfigureAwait(false);
            return layer;
        }
        finally
        {
            File.Delete(staged.Path);
        }
    }

    private async Task FillAsync(DiskChain source, long content, DiskLayer staged, long size, CancellationToken cancellationToken)
    {
        using (var file = _files.Stage(staged.Path))
        {
            if (staged.Format == DiskFormat.Qcow2)
            {
                Qcow2Overlay.Write(file, size, null, null, staged.Key);
            }
        }

        if (staged.Format == DiskFormat.Qcow2)
        {
            await _qemuImg.ConvertToQcow2Async(source, size, staged, cancellationToken).ConfigureAwait(false);
            return;
        }

        await _qemuImg.ConvertToRawAsync(source, content, staged.Path, cancellationToken).ConfigureAwait(false);
        using var raw = File.OpenHandle(staged.Path, FileMode.Open, FileAccess.ReadWrite);
        RandomAccess.SetLength(raw, size);
    }
}
