using Cumulet.Disks.Sandbox;

namespace Cumulet.Disks.Local;

/// <summary>How a local pool is set up.</summary>
/// <param name="Root">The directory of the pool, absolute (<c>state/disks</c>).</param>
public sealed record LocalPoolOptions(string Root)
{
    /// <summary>Bytes of the file system that stay free: new layers are refused when they would use them.</summary>
    public long ReservedBytes { get; init; }

    /// <summary>What <c>qemu-img</c> may do.</summary>
    public ToolLimits Tool { get; init; } = new();
}
