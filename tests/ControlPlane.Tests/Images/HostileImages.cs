using System.Buffers.Binary;
using System.Text;

namespace Cumulet.ControlPlane.Tests.Images;

/// <summary>A small corpus of images that would make a careless reader open something else, or compute for ever.</summary>
internal static class HostileImages
{
    public static IEnumerable<(string Name, string Format, byte[] Bytes)> All()
    {
        yield return ("backing file", "qcow2", Qcow2(header => Backing(header, "/etc/passwd")));
        yield return ("data file", "qcow2", Qcow2(header => BinaryPrimitives.WriteUInt64BigEndian(header.AsSpan(72), 1UL << 2)));
        yield return ("unknown feature", "qcow2", Qcow2(header => BinaryPrimitives.WriteUInt64BigEndian(header.AsSpan(72), 1UL << 40)));
        yield return ("snapshots", "qcow2", Qcow2(header => BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(60), 65_535)));
        yield return ("huge l1", "qcow2", Qcow2(header => BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(36), 1 << 28)));
        yield return ("huge disk", "qcow2", Qcow2(header => BinaryPrimitives.WriteUInt64BigEndian(header.AsSpan(24), 1UL << 60)));
        yield return ("truncated header", "qcow2", Qcow2(_ => { })[..40]);
        yield return ("qcow2 as raw", "raw", Qcow2(header => Backing(header, "/etc/shadow")));
        foreach (var kind in (string[])["monolithicFlat", "twoGbMaxExtentFlat", "vmfs", "fullDevice"])
            foreach (var format in (string[])["vmdk", "raw", "qcow2", "iso"])
                yield return ($"{kind} as {format}", format, Descriptor(kind));
    }

    private static byte[] Qcow2(Action<byte[]> change)
    {
        var bytes = new byte[262_144];
        "QFI"u8.CopyTo(bytes);
        bytes[3] = 0xFB;
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(4), 3);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(20), 16);
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(24), 1 << 20);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(36), 1);
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(40), 196_608);
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(48), 65_536);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(56), 1);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(96), 4);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(100), 104);
        change(bytes);
        return bytes;
    }

    private static void Backing(byte[] header, string path)
    {
        BinaryPrimitives.WriteUInt64BigEndian(header.AsSpan(8), 512);
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(16), (uint)path.Length);
        Encoding.ASCII.GetBytes(path).CopyTo(header, 512);
    }

    private static byte[] Descriptor(string kind)
    {
        var text = $"# Disk DescriptorFile\nversion=1\nCID=12345678\nparentCID=ffffffff\ncreateType=\"{kind}\"\n\nRW 2048 FLAT \"/etc/passwd\" 0\n";
        var bytes = new byte[66_048];
        Encoding.ASCII.GetBytes(text).CopyTo(bytes, 0);
        return bytes;
    }
}
