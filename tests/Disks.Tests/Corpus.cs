using System.Buffers.Binary;
using System.Text;
using Cumulet.Disks.Inspection;

namespace Cumulet.Disks.Tests;

/// <summary>Good images of every format, made by qemu-img once, and the ways to make them bad.</summary>
public sealed class Corpus : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("corpus-");

    public Corpus()
    {
        // Others may enter: what keeps the canary safe is the sandbox, not this directory.
        File.SetUnixFileMode(_directory.FullName, (UnixFileMode)0b111_101_101);
        var noise = new byte[2 << 20];
        new Random(3).NextBytes(noise.AsSpan(1 << 19, 1 << 19));
        File.WriteAllBytes(Path("raw"), noise);
        Canary = Path("canary");
        Marker = $"canary-{Guid.NewGuid():N}-";
        File.WriteAllText(Canary, string.Concat(Enumerable.Repeat(Marker, (64 << 10) / Marker.Length + 1))[..(64 << 10)]);
        Good = new Dictionary<DiskFormat, byte[]>
        {
            [DiskFormat.Qcow2] = Convert("qcow2"),
            [DiskFormat.Vmdk] = Convert("vmdk"),
            [DiskFormat.Vdi] = Convert("vdi"),
            [DiskFormat.Vhd] = Convert("vpc", "force_size=on"),
            [DiskFormat.Vhdx] = Convert("vhdx"),
        };
        StreamOptimized = Convert("vmdk", "subformat=streamOptimized");
    }

    public IReadOnlyDictionary<DiskFormat, byte[]> Good { get; }

    public byte[] StreamOptimized { get; }

    /// <summary>A file of the host that everybody may read, and nobody may open here.</summary>
    public string Canary { get; }

    public string Marker { get; }

    public string Path(string name) => System.IO.Path.Combine(_directory.FullName, name);

    public byte[] Convert(string driver, string? options = null)
    {
        string[] extra = options is null ? [] : ["-o", options];
        Shell.Run("qemu-img", ["convert", "-q", "-f", "raw", "-O", driver, .. extra, Path("raw"), Path("converted")]);
        return File.ReadAllBytes(Path("converted"));
    }

    public byte[] Create(params string[] arguments)
    {
        File.Delete(Path("created"));
        var at = Array.IndexOf(arguments, "FILE");
        arguments[at] = Path("created");
        Shell.Run("qemu-img", ["create", "-q", .. arguments]);
        return File.ReadAllBytes(Path("created"));
    }

    public byte[] With(DiskFormat format, Action<byte[]> change)
    {
        var bytes = Good[format].ToArray();
        change(bytes);
        return bytes;
    }

    public byte[] Qcow2With(int at, uint value) =>
        With(DiskFormat.Qcow2, b => BinaryPrimitives.WriteUInt32BigEndian(b.AsSpan(at), value));

    public byte[] Qcow2With(int at, ulong value) =>
        With(DiskFormat.Qcow2, b => BinaryPrimitives.WriteUInt64BigEndian(b.AsSpan(at), value));

    /// <summary>A vmdk whose embedded descriptor has one text replaced by another of the same length or shorter.</summary>
    public byte[] VmdkSaying(string old, string text) => With(DiskFormat.Vmdk, b =>
    {
        var area = b.AsSpan(512, 20 * 512);
        var descriptor = Encoding.Latin1.GetString(area).TrimEnd('\0');
        Assert.Contains(old, descriptor, StringComparison.Ordinal);
        area.Clear();
        Encoding.Latin1.GetBytes(descriptor.Replace(old, text, StringComparison.Ordinal), area);
    });

    public static Verdict Inspect(DiskFormat declared, byte[] bytes) =>
        ImageInspector.Inspect(declared, ByteSource.Of(bytes), new InspectionLimits());

    public static string Refusal(DiskFormat declared, byte[] bytes) =>
        Assert.IsType<Verdict.Refused>(Inspect(declared, bytes)).Reason;

    public void Dispose() => _directory.Delete(recursive: true);
}
