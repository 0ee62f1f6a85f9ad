namespace Cumulet.ControlPlane.Compute.Services;

/// <summary>A compute host as administrators see it: what it has, and what its servers take of it.</summary>
/// <param name="Kind">qemu or fake.</param>
/// <param name="Version">Of the emulator, as Nova writes it: major * 1,000,000 + minor * 1,000 + micro.</param>
/// <param name="DiskGibAvailable">What the pool can still take; never more than what is free of it.</param>
/// <param name="CpuInfo">A JSON object as text.</param>
internal sealed record HostFigures(
    string Host, string Kind, int Version, string CpuInfo, int Vcpus, long RamMib, long DiskGib, long DiskGibAvailable,
    long VcpusUsed, long RamMibUsed, long DiskGibUsed, long Servers);
