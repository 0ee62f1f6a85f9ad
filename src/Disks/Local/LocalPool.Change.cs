using Cumulet.Disks.Inspection;
using Cumulet.Disks.Qcow2;

namespace Cumulet.Disks.Local;

public sealed partial class LocalPool
{
    /// <inheritdoc/>
    public async Task ResizeAsync(IReadOnlyList<LayerRef> chain, long size, CancellationToken cancellationToken)
    {
        RequireSize(size);
        var open = Open(chain);
        RequireHead(open.Top);
        var present = VirtualSize(open.Top);
        if (size < present)
        {
            throw new DiskException(DiskFault.BadSize, $"The size is {size} bytes, but the disk has {present}; a disk is never made smaller.");
        }

        if (size > present)
        {
            RequireSpace(0);
            await _qemuImg.ResizeAsync(open, size, cancellationToken).ConfigureAwait(false);
        }

        await SyncAsync(open.Top, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task MergeAsync(IReadOnlyList<LayerRef> chain, int count, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(count, chain.Count);
        var open = Open(chain);
        if (open.Top.Format != DiskFormat.Qcow2)
        {
            throw new DiskException(DiskFault.WrongState, $"Layer {open.Top.Id} is {open.Top.Format.Name()} and stands on nothing; only qcow2 layers are merged.");
        }

        var rest = open.Layers.Count > count + 1 ? new DiskChain([.. open.Layers.Skip(count + 1)]) : null;
        var note = rest is null ? null : Path.GetFileName(rest.Top.Path);
        // qemu-img changes the header before its tables are out, so a header without backing file proves nothing: what
        // was killed there must copy again. A name does, because it is written below, after everything is durable.
        if (note is not null && NoteOf(open.Top) == note)
        {
            return;
        }

        RequireSpace(open.Layers.Skip(1).Take(count).Sum(l => Posix.AllocatedBytes(l.Path)));
        var wasSealed = _files.IsSealed(open.Top.Path);
        if (wasSealed)
        {
            PoolFiles.OpenSealed(open.Top.Path);
        }

        try
        {
            // What an attempt that was killed took and did not use would add up from attempt to attempt.
            await _qemuImg.FreeLeaksAsync(open.Top, cancellationToken).ConfigureAwait(false);
            await _qemuImg.RebaseAsync(open, rest, VirtualSize(open.Top), cancellationToken).ConfigureAwait(false);
            await SyncAsync(open.Top, cancellationToken).ConfigureAwait(false);
            await _qemuImg.NoteBackingAsync(open.Top, note, rest?.Top.Format, cancellationToken).ConfigureAwait(false);
            await SyncAsync(open.Top, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _files.SetSealed(open.Top.Path, wasSealed);
        }
    }

    /// <inheritdoc/>
    public async Task CheckAsync(IReadOnlyList<LayerRef> chain, CancellationToken cancellationToken)
    {
        foreach (var layer in Open(chain).Layers.Where(l => l.Format == DiskFormat.Qcow2))
        {
            await _qemuImg.CheckAsync(layer, cancellationToken).ConfigureAwait(false);
        }
    }

    private static string? NoteOf(DiskLayer layer)
    {
        using var file = File.OpenHandle(layer.Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        return Qcow2Stamp.Read(ByteSource.Of(file))?.BackingFile;
    }

    private static Task SyncAsync(DiskLayer layer, CancellationToken cancellationToken) =>
        DoAsync(
            () =>
            {
                using var file = File.OpenHandle(layer.Path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
                RandomAccess.FlushToDisk(file);
                return true;
            },
            cancellationToken);
}
