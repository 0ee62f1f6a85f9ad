using Microsoft.Win32.SafeHandles;

namespace Cumulet.Disks.Local;

public sealed partial class LocalPool
{
    /// <inheritdoc/>
    public async Task<DiskLayer> FillAsync(
        Guid id, long size, Func<SafeFileHandle, CancellationToken, Task> write, CancellationToken cancellationToken)
    {
        RequireSize(size);
        var layer = _files.LayerOf(id, DiskFormat.Raw);
        if (IsMadeRaw(layer, size))
        {
            return layer;
        }

        RequireSpace(0);
        var staged = _files.StagingPath(id, DiskFormat.Raw);
        try
        {
            using var file = _files.Stage(staged);
            RandomAccess.SetLength(file, size);
            await write(file, cancellationToken).ConfigureAwait(false);
            await Task.Run(() => _files.Publish(file, staged, layer, isSealed: false), cancellationToken).ConfigureAwait(false);
            return layer;
        }
        catch (IOException e) when (DiskException.Of(e) is { } named)
        {
            throw named;
        }
        finally
        {
            File.Delete(staged);
        }
    }
}
