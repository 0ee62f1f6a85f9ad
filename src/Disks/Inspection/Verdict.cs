namespace Cumulet.Disks.Inspection;

/// <summary>What an inspection found: exactly one of <see cref="Accepted"/> and <see cref="Refused"/>.</summary>
public abstract record Verdict
{
    private Verdict() { }

    /// <summary>The bytes are what was declared.</summary>
    /// <param name="Format">The format, equal to the declared one.</param>
    /// <param name="VirtualSize">Bytes of the disk a guest sees.</param>
    public sealed record Accepted(DiskFormat Format, long VirtualSize) : Verdict;

    /// <summary>The bytes must not be opened by anything else.</summary>
    /// <param name="Reason">For the user: field, value and mend.</param>
    public sealed record Refused(string Reason) : Verdict;
}

/// <summary>What is too much.</summary>
public sealed record InspectionLimits
{
    /// <summary>The largest virtual size in bytes; 16 TiB unless set.</summary>
    public long MaxVirtualSize { get; init; } = 16L << 40;

    /// <summary>Internal snapshots of a qcow2 image; each costs every later open, and no guest sees them.</summary>
    public int MaxInternalSnapshots { get; init; } = 64;

    /// <summary>Persistent bitmaps of a qcow2 image.</summary>
    public int MaxBitmaps { get; init; } = 64;
}
