using Cumulet.Disks.Inspection;
using Cumulet.Disks.Qcow2;
using Cumulet.Disks.Sandbox;

namespace Cumulet.Disks.Local;

/// <summary>
/// A pool of files in one directory: <c>layers/&lt;id&gt;.&lt;format&gt;</c> holds whole layers only, <c>staging/</c> what is
/// being made. Overlays are qcow2 version 3 with 128 KiB clusters and sub-clusters of 4 KiB.
/// </summary>
public sealed partial class LocalPool : IPool
{
    private readonly LocalPoolOptions _options;
    private readonly PoolFiles _files;
    private readonly QemuImg _qemuImg;

    /// <summary>Opens the pool and makes its directories where they are missing.</summary>
    public LocalPool(LocalPoolOptions options)
    {
        _options = options;
        _files = new(options.Root, options.Tool.Uid);
        _qemuImg = new(options.Tool, _files.Root);
    }

    /// <inheritdoc/>
    public DiskChain Open(IReadOnlyList<LayerRef> chain)
    {
        ArgumentOutOfRangeException.ThrowIfZero(chain.Count);
        foreach (var below in chain.Skip(1))
        {
            _ = below.Format.IsServable()
                ? below
                : throw new DiskException(DiskFault.WrongState, $"Layer {below.Id} is {below.Format.Name()}; copy it to raw or qcow2 before building on it.");
        }

        return new([.. chain.Select(Existing)]);
    }

    private DiskLayer Existing(LayerRef layer)
    {
        var place = _files.LayerOf(layer.Id, layer.Format) with { Key = layer.Key };
        return File.Exists(place.Path) ? place : throw Missing(layer.Id, layer.Format);
    }

    private static DiskException Missing(Guid id, DiskFormat format) =>
        new(DiskFault.NotFound, $"Layer {id} has no {format.Name()} file in the pool.");

    /// <summary>Bytes of the disk a layer describes, from its own header.</summary>
    private static long VirtualSize(DiskLayer layer)
    {
        using var file = File.OpenHandle(layer.Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        if (layer.Format == DiskFormat.Qcow2)
        {
            return Qcow2Stamp.Read(ByteSource.Of(file))?.VirtualSize
                ?? throw new DiskException(DiskFault.WrongState, $"Layer {layer.Id} is not the qcow2 image it should be.");
        }

        return layer.Format is DiskFormat.Raw or DiskFormat.Iso
            ? RandomAccess.GetLength(file)
            : ImageInspector.Inspect(layer.Format, ByteSource.Of(file), new() { MaxVirtualSize = long.MaxValue }) switch
            {
                Verdict.Accepted accepted => accepted.VirtualSize,
                Verdict.Refused refused => throw new DiskException(DiskFault.Refused, refused.Reason),
                _ => throw new InvalidOperationException("A verdict is accepted or refused."),
            };
    }

    private void RequireSpace(long bytes)
    {
        var free = new DriveInfo(_files.Root).AvailableFreeSpace;
        if (free - bytes < _options.ReservedBytes)
        {
            throw new DiskException(DiskFault.NoSpace,
                $"The pool has {free} bytes free, of which {_options.ReservedBytes} are reserved, and {bytes} are needed; free some space.");
        }
    }

    private void RequireHead(DiskLayer layer)
    {
        if (_files.IsSealed(layer.Path))
        {
            throw new DiskException(DiskFault.WrongState, $"Layer {layer.Id} is sealed; make a head on it instead.");
        }
    }

    /// <summary>Does file work away from the caller's thread and names what is wrong with the file system.</summary>
    private static async Task<T> DoAsync<T>(Func<T> work, CancellationToken cancellationToken)
    {
        try
        {
            return await Task.Run(work, cancellationToken).ConfigureAwait(false);
        }
        catch (IOException e) when (DiskException.Of(e) is { } named)
        {
            throw named;
        }
    }
}
