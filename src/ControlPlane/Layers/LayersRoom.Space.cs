using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Layers;

/// <summary>What the pool has, in bytes, as the schedulers count it.</summary>
/// <param name="Total">Size of the file system.</param>
/// <param name="Free">Free on it, the reserved floor included.</param>
/// <param name="Reserved">The floor that nothing new may use.</param>
/// <param name="Provisioned">Sum of the virtual sizes of all disks.</param>
/// <param name="Ratio">How many times the total may be promised.</param>
public sealed record PoolSpace(long Total, long Free, long Reserved, long Provisioned, double Ratio)
{
    private const double Gib = 1L << 30;

    /// <summary>Why a disk of that many bytes has no place, or null when it has.</summary>
    public string? Lacks(long bytes)
    {
        if (Free < Reserved)
            return Text($"the pool has {Free / Gib:0.##} GiB free, and {Reserved / Gib:0.##} GiB of it are reserved; delete volumes, snapshots or images, or give the pool more space");
        if (Provisioned + bytes > Total * Ratio)
            return Text($"{bytes / Gib:0.##} GiB are asked for, and {Provisioned / Gib:0.##} of {Total * Ratio / Gib:0.##} GiB ({Ratio:0.##} times the pool) are promised already; delete volumes, or start the cloud with a higher --disk-ratio");
        return null;
    }

    private static string Text(FormattableString text) => FormattableString.Invariant(text);
}

public sealed partial class LayersRoom
{
    /// <summary>Disks are thin: their sizes are counted from rows, the free space is the file system's.</summary>
    public PoolSpace Space(Tx tx)
    {
        var (total, free) = Drive();
        return new PoolSpace(total, free, _parts.Options.DiskReserve, LayerStore.Provisioned(tx), _parts.Options.DiskRatio);
    }

    /// <summary>Bytes of the pool's file system, as the kernel says it in one call.</summary>
    public (long Total, long Free) Drive()
    {
        var drive = new DriveInfo(_root);
        return (drive.TotalSize, drive.AvailableFreeSpace);
    }
}
