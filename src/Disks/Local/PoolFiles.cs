using Microsoft.Win32.SafeHandles;

namespace Cumulet.Disks.Local;

// The order that makes every verb safe against a crash: a file is made under staging/ with a name that follows from the
// layer's id, written, made durable, and only then renamed into layers/, whose directory is made durable too. So a name
// in layers/ always means a whole file, a retry starts over the same staging file, and what a crash leaves lies in
// staging/ alone.
//
// Modes: a head is 0660, a sealed layer 0440, both of the tool's group, so that qemu-img may open what it is given and
// cannot write what is sealed. A sealed layer also has the sticky bit, which Linux gives no meaning on a file: while a
// merge works on a sealed layer it is 1660, so that a crash then does not make a head of it. The directories can be
// entered, not listed, by that group's processes.

/// <summary>Where a pool's files are, and how they come and go.</summary>
internal sealed class PoolFiles
{
    private const UnixFileMode HeadMode =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite;
    private const UnixFileMode SealedMode = UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.StickyBit;
    private const UnixFileMode MergingMode = HeadMode | UnixFileMode.StickyBit;
    private const UnixFileMode DirectoryMode =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    private readonly uint _group;

    public PoolFiles(string root, uint group)
    {
        Root = Path.GetFullPath(root);
        Layers = Path.Combine(Root, "layers");
        Staging = Path.Combine(Root, "staging");
        _group = group;
        foreach (var directory in (string[])[Root, Layers, Staging])
        {
            Directory.CreateDirectory(directory, DirectoryMode);
            File.SetUnixFileMode(directory, DirectoryMode);
        }

        Posix.SyncDirectory(Root);
    }

    public string Root { get; }

    public string Layers { get; }

    public string Staging { get; }

    public string PathOf(Guid id, DiskFormat format) => Path.Combine(Layers, $"{id:D}.{format.Name()}");

    public DiskLayer LayerOf(Guid id, DiskFormat format) => new(id, format, PathOf(id, format));

    public string StagingPath(Guid id, DiskFormat format) => Path.Combine(Staging, $"{id:D}.{format.Name()}");

    /// <summary>The layer's file in whatever format it is; null when there is none.</summary>
    public DiskLayer? Find(Guid id)
    {
        foreach (var format in Enum.GetValues<DiskFormat>())
        {
            var layer = LayerOf(id, format);
            if (File.Exists(layer.Path))
            {
                return layer;
            }
        }

        return null;
    }

    /// <summary>Opens a new, empty staging file, over what an earlier attempt left. One writer at a time.</summary>
    public SafeFileHandle Stage(string path)
    {
        SafeFileHandle file;
        try
        {
            file = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, FileOptions.Asynchronous);
        }
        catch (IOException e) when (File.Exists(path))
        {
            throw new DiskException(DiskFault.Conflict, $"Layer {Path.GetFileNameWithoutExtension(path)} is being written already; wait until that ends.", e);
        }

        try
        {
            RandomAccess.SetLength(file, 0);
            File.SetUnixFileMode(file, HeadMode);
            GiveToTool(path);
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Makes a written staging file durable and gives it its name.</summary>
    public void Publish(string staged, DiskLayer layer, bool isSealed)
    {
        using (var file = File.OpenHandle(staged, FileMode.Open, FileAccess.ReadWrite))
        {
            Publish(file, staged, layer, isSealed);
        }
    }

    public void Publish(SafeFileHandle file, string staged, DiskLayer layer, bool isSealed)
    {
        File.SetUnixFileMode(file, isSealed ? SealedMode : HeadMode);
        RandomAccess.FlushToDisk(file);
        // One rename(2). Without overwriting, .NET links and unlinks, and a crash between leaves a staging name on the layer.
        File.Move(staged, layer.Path, overwrite: true);
        Posix.SyncDirectory(Layers);
    }

    public bool IsSealed(string path) => (File.GetUnixFileMode(path) & UnixFileMode.StickyBit) != 0;

    public void SetSealed(string path, bool isSealed)
    {
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read);
        File.SetUnixFileMode(file, isSealed ? SealedMode : HeadMode);
        RandomAccess.FlushToDisk(file);
    }

    /// <summary>Lets the tool write to a sealed layer, for a merge; <see cref="SetSealed"/> ends it.</summary>
    public static void OpenSealed(string path) => File.SetUnixFileMode(path, MergingMode);

    /// <summary>Closes what a merge that was killed left open; true when it had.</summary>
    public bool CloseSealed(string path)
    {
        var wasOpen = File.GetUnixFileMode(path) == MergingMode;
        if (wasOpen)
        {
            SetSealed(path, true);
        }

        return wasOpen;
    }

    private void GiveToTool(string path)
    {
        if (Posix.IsRoot)
        {
            Posix.ChangeGroup(path, _group);
        }
    }

    /// <summary>True where <see cref="Stage"/>'s caller still has the file to itself (EWOULDBLOCK).</summary>
    public static bool IsBeingMade(IOException e) => (e.HResult & 0xFFFF) == 11;
}
