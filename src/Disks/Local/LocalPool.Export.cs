namespace Cumulet.Disks.Local;

public sealed partial class LocalPool
{
    /// <inheritdoc/>
    public async Task<Stream> ExportAsync(IReadOnlyList<LayerRef> chain, ExportAs form, CancellationToken cancellationToken)
    {
        var open = Open(chain);
        if (form == ExportAs.AsUploaded || open.Top.Format is DiskFormat.Raw or DiskFormat.Iso)
        {
            return OpenForReading(open.Top.Path, FileOptions.SequentialScan);
        }

        RequireSpace(open.Layers.Sum(l => Posix.AllocatedBytes(l.Path)));
        var staged = Path.Combine(_files.Staging, $"export-{Guid.NewGuid():N}.raw");
        try
        {
            _files.Stage(staged).Dispose();
            await _qemuImg.ConvertToRawAsync(open, VirtualSize(open.Top), staged, cancellationToken).ConfigureAwait(false);
            return OpenForReading(staged, FileOptions.SequentialScan);
        }
        finally
        {
            // The open stream keeps the bytes; the name goes at once, so that no crash can leave it behind.
            File.Delete(staged);
        }
    }

    private static FileStream OpenForReading(string path, FileOptions options) => new(path, new FileStreamOptions
    {
        Mode = FileMode.Open,
        Access = FileAccess.Read,
        Share = FileShare.ReadWrite | FileShare.Delete,
        BufferSize = 0,
        Options = options | FileOptions.Asynchronous,
    });
}
