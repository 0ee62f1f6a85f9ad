using System.Text;
using Cumulet.Disks.Inspection;
using Cumulet.Disks.Local;

namespace Cumulet.Disks.Tests;

/// <summary>A pool in a directory of its own, which goes with the test.</summary>
public abstract class PoolTest : IDisposable
{
    internal const long MiB = 1 << 20;
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("pool-");

    internal PoolTest() => Pool = new(new LocalPoolOptions(Root));

    internal string Root => Path.Combine(_directory.FullName, "disks");

    internal string Scratch(string name) => Path.Combine(_directory.FullName, name);

    internal LocalPool Pool { get; }

    internal static CancellationToken Token => TestContext.Current.CancellationToken;

    internal static LayerRef Raw(Guid id) => new(id, DiskFormat.Raw);

    internal static LayerRef Qcow2(Guid id) => new(id, DiskFormat.Qcow2);

    internal static ImportTerms Terms(DiskFormat declared, long? expected = null, long max = 1L << 40) =>
        new(declared, expected, max, new InspectionLimits());

    internal Task<ImportedLayer> Import(Guid id, byte[] bytes, DiskFormat declared = DiskFormat.Raw, long? expected = null) =>
        Pool.ImportAsync(id, new MemoryStream(bytes), Terms(declared, expected), Token);

    /// <summary>Bytes that differ at every offset and from seed to seed.</summary>
    internal static byte[] Noise(int length, int seed = 1)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    /// <summary>Writes one 64 KiB block of a pattern into a disk, as a guest would: through its explicit chain.</summary>
    internal void Write(DiskChain chain, long offset, byte pattern) =>
        Shell.Run("qemu-io", "-c", $"write -P {pattern} {offset} 64k", chain.ToJsonFilename());

    internal bool Reads(DiskChain chain, long offset, byte pattern)
    {
        var (code, output) = Shell.Try("qemu-io", "-r", "-c", $"read -P {pattern} {offset} 64k", chain.ToJsonFilename());
        return code == 0 && !output.Contains("verification failed", StringComparison.Ordinal);
    }

    internal string[] Staged() => Directory.GetFiles(Path.Combine(Root, "staging"));

    public void Dispose()
    {
        _directory.Delete(recursive: true);
        GC.SuppressFinalize(this);
    }
}
