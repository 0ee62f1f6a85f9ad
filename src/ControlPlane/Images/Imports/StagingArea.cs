using Cumulet.ControlPlane.Api;
using Cumulet.Disks.Local;

namespace Cumulet.ControlPlane.Images.Imports;

/// <summary>
/// Files of staged bytes, one per image, that nobody has looked into yet. A file has its name only when it is whole:
/// what is being written is called <c>.part</c>.
/// </summary>
internal sealed class StagingArea
{
    private const int Chunk = 1 << 20;
    private readonly string _folder;

    public StagingArea(string stateDirectory)
    {
        _folder = Path.Combine(stateDirectory, "staging");
        Directory.CreateDirectory(_folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    /// <summary>Writes a stream and gives back its length in bytes. When it throws nothing is left.</summary>
    public async Task<long> Write(string imageId, Stream bytes, long? expected, long maxBytes, CancellationToken cancel)
    {
        var part = PathOf(imageId) + ".part";
        try
        {
            long length = 0;
            await using (var file = Create(part))
            {
                var buffer = new byte[Chunk];
                int count;
                while ((count = await bytes.ReadAsync(buffer, cancel)) > 0)
                {
                    length += count;
                    if (length > maxBytes) throw Fault.TooLarge($"The incoming image is too large: an image may have {maxBytes} bytes at most.");
                    await file.WriteAsync(buffer.AsMemory(0, count), cancel);
                }
                if (expected is { } announced && announced != length)
                    throw Fault.BadRequest($"The image has {length} bytes where {announced} were announced; stage it again.");
                file.Flush(flushToDisk: true);
            }
            File.Move(part, PathOf(imageId), overwrite: true);
            Posix.SyncDirectory(_folder);
            return length;
        }
        finally
        {
            File.Delete(part);
        }
    }

    public bool Holds(string imageId) => File.Exists(PathOf(imageId));

    public Stream Open(string imageId) => new FileStream(PathOf(imageId), FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete,
        0, FileOptions.Asynchronous | FileOptions.SequentialScan);

    /// <summary>Twice is once.</summary>
    public void Remove(string imageId)
    {
        if (!Guid.TryParse(imageId, out _)) return;
        File.Delete(PathOf(imageId));
    }

    /// <summary>The ids of the images whose bytes lie here whole.</summary>
    public IReadOnlyList<string> Held => [.. Directory.EnumerateFiles(_folder).Select(f => Path.GetFileName(f)!).Where(f => !f.EndsWith(".part", StringComparison.Ordinal))];

    /// <summary>Removes what belongs to none of these images.</summary>
    public void Sweep(IReadOnlySet<string> staged)
    {
        foreach (var file in Directory.EnumerateFiles(_folder))
            if (!staged.Contains(Path.GetFileName(file))) File.Delete(file);
    }

    private static FileStream Create(string path) => new(path, new FileStreamOptions
    {
        Mode = FileMode.Create,
        Access = FileAccess.Write,
        Options = FileOptions.Asynchronous,
        BufferSize = 0,
        UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
    });

    // An image's id is a uuid by its schema; asked again here since it becomes a file's name.
    private string PathOf(string imageId) => Guid.TryParse(imageId, out var id)
        ? Path.Combine(_folder, id.ToString())
        : throw new ArgumentException($"'{imageId}' is no image id", nameof(imageId));
}
