using Cumulet.Disks.Encryption;
using Cumulet.Disks.Qcow2;

namespace Cumulet.Disks.Local;

public sealed partial class LocalPool
{
    /// <inheritdoc/>
    public async Task<DiskLayer> DifferenceAsync(
        Guid id, IReadOnlyList<LayerRef> source, IReadOnlyList<LayerRef> below, LayerKey? key, CancellationToken cancellationToken)
    {
        var (origin, onto) = (Open(source), Open(below));
        if (!_files.IsSealed(onto.Top.Path))
        {
            throw new DiskException(DiskFault.WrongState, $"Layer {onto.Top.Id} can still change; seal it before a difference is taken from it.");
        }

        var size = VirtualSize(origin.Top);
        var layer = _files.LayerOf(id, DiskFormat.Qcow2) with { Key = key };
        var note = Path.GetFileName(onto.Top.Path);
        if (_files.Find(id) is { } existing)
        {
            return existing.Path == layer.Path && IsAsMade(existing, new(size, note, key is not null))
                ? layer
                : throw new DiskException(DiskFault.Conflict, $"Layer {id} exists with another size, format or base.");
        }

        RequireSpace(origin.Layers.Sum(l => Posix.AllocatedBytes(l.Path)));
        var staged = layer with { Path = _files.StagingPath(id, DiskFormat.Qcow2) };
        try
        {
            using (var file = _files.Stage(staged.Path))
            {
                Qcow2Overlay.Write(file, size, null, null, key);
            }

            // An empty overlay is moved from the one chain to the other: what reads differently there is written into it.
            await _qemuImg.RebaseAsync(new([staged, .. origin.Layers]), onto, size, cancellationToken).ConfigureAwait(false);
            await _qemuImg.NoteBackingAsync(staged, note, onto.Top.Format, cancellationToken).ConfigureAwait(false);
            await DoAsync(
                () =>
                {
                    _files.Publish(staged.Path, layer, isSealed: true);
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
}
