namespace Cumulet.Disks.Sandbox;

/// <summary>How far one run of <c>qemu-img</c> may go, and as whom.</summary>
public sealed record ToolLimits
{
    /// <summary>The user and group it runs as when the daemon is root; a pool's files are readable by this group.</summary>
    public uint Uid { get; init; } = 199_999;

    /// <summary>CPU seconds of any run.</summary>
    public int CpuSeconds { get; init; } = 30;

    /// <summary>CPU seconds added for each GiB that a run has to move.</summary>
    public int CpuSecondsPerGiB { get; init; } = 10;

    /// <summary>Address space in bytes.</summary>
    public long Memory { get; init; } = 2L << 30;

    /// <summary>Wall-clock time of a run as a multiple of its CPU time; a run stuck on its disk ends here.</summary>
    public int WallFactor { get; init; } = 20;

    /// <summary>Where the tool is.</summary>
    public string QemuImgPath { get; init; } = "/usr/bin/qemu-img";
}

/// <summary>One run: arguments, the only files it may see (absolute paths), the most it may write to one file, the bytes
/// it has to move, an exit code beside 0 that is no failure, and the encrypted layers among the files.</summary>
internal sealed record ToolRun(
    IReadOnlyList<string> Arguments, IReadOnlyList<string> Readable, IReadOnlyList<string> Writable, long MaxFileSize, long Moved,
    int Harmless = 0)
{
    public IReadOnlyList<DiskLayer> Encrypted { get; init; } = [];

    /// <summary>Says of what the tool printed when it failed that it is no failure.</summary>
    public Func<string, bool>? Forgiven { get; init; }
}
