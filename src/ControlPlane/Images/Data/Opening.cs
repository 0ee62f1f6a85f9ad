using Cumulet.ControlPlane.Api;
using Cumulet.Disks;

namespace Cumulet.ControlPlane.Images.Data;

/// <summary>
/// As what an upload's bytes are taken in. In the container <c>bare</c> they must be what <c>disk_format</c> says. Any other
/// container wraps the disk in something that is not looked into, as in Glance: its bytes are kept as they are, and only
/// where they happen to begin like the declared format are they held to it.
/// </summary>
internal static class Opening
{
    private const int Peek = 512;

    public static async Task<(DiskFormat Format, Stream Bytes)> Read(ImageRecord image, Stream bytes, CancellationToken cancel)
    {
        var known = DiskFormats.TryParse(image.DiskFormat!, out var declared);
        if (image.ContainerFormat == "bare")
            return known ? (declared, bytes) : throw Fault.BadRequest(
                $"disk_format is {image.DiskFormat}, which this cloud cannot use; convert the image to raw or qcow2 and set disk_format to that.");
        var head = new byte[Peek];
        var count = await bytes.ReadAtLeastAsync(head, Peek, throwOnEndOfStream: false, cancel);
        var format = known && BeginsLike(declared, head.AsSpan(0, count)) ? declared : DiskFormat.Raw;
        return (format, new PeekedStream(head.AsMemory(0, count), bytes));
    }

    private static bool BeginsLike(DiskFormat format, ReadOnlySpan<byte> head) => format switch
    {
        DiskFormat.Qcow2 => head.StartsWith("QFI"u8),
        DiskFormat.Vmdk => head.StartsWith("KDMV"u8),
        DiskFormat.Vhd => head.StartsWith("conectix"u8),
        DiskFormat.Vhdx => head.StartsWith("vhdxfile"u8),
        DiskFormat.Vdi => head.Length >= 0x44 && head[0x40..].StartsWith((ReadOnlySpan<byte>)[0x7F, 0x10, 0xDA, 0xBE]),
        _ => false,
    };
}
