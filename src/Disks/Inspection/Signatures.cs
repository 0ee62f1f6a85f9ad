using System.Buffers.Binary;

namespace Cumulet.Disks.Inspection;

/// <summary>One format recognised by its magic bytes.</summary>
internal sealed record Signature(DiskFormat Format, string Name, bool Unsupported = false)
{
    public static Signature None { get; } = new(DiskFormat.Raw, "raw");
}

/// <summary>Magic bytes, at the places where readers of each format look for them.</summary>
internal static class Signatures
{
    private const int Head = 2048;
    private const long IsoAt = 0x8001;

    public static IReadOnlyList<Signature> Find(ByteSource source)
    {
        var buffer = new byte[Head];
        ReadOnlySpan<byte> head = buffer.AsSpan(0, source.ReadAt(0, buffer));
        List<Signature> found = [];
        FindAtStart(head, found);
        FindVmdkText(head, found);
        if (head.Length >= 0x44 && BinaryPrimitives.ReadUInt32LittleEndian(head[0x40..]) == 0xBEDA107F)
        {
            found.Add(new(DiskFormat.Vdi, "vdi"));
        }

        FindAtEnd(source, found);
        Span<byte> iso = stackalloc byte[5];
        if (source.ReadAt(IsoAt, iso) == iso.Length && iso.SequenceEqual("CD001"u8))
        {
            found.Add(new(DiskFormat.Iso, "iso"));
        }

        return found;
    }

    private static void FindAtStart(ReadOnlySpan<byte> head, List<Signature> found)
    {
        Signature? signature = head switch
        {
            _ when head.StartsWith("QFI"u8) && head.Length > 3 && head[3] == 0xFB => Qcow(head),
            _ when head.StartsWith("KDMV"u8) => new(DiskFormat.Vmdk, "vmdk"),
            _ when head.StartsWith("COWD"u8) => new(DiskFormat.Vmdk, "vmdk of ESX 3 (COWD)", Unsupported: true),
            _ when head.StartsWith("conectix"u8) => new(DiskFormat.Vhd, "vhd"),
            _ when head.StartsWith("vhdxfile"u8) => new(DiskFormat.Vhdx, "vhdx"),
            _ when head.StartsWith("QED\0"u8) => new(DiskFormat.Qed, "qed"),
            _ when head.StartsWith("LUKS"u8) && head.Length > 5 && head[4] == 0xBA && head[5] == 0xBE => new(DiskFormat.Luks, "luks"),
            _ when head.StartsWith("WithoutFreeSpace"u8) || head.StartsWith("WithouFreSpacExt"u8) =>
                new(DiskFormat.Raw, "ploop", Unsupported: true),
            _ when head.StartsWith("Bochs Virtual HD Image"u8) => new(DiskFormat.Raw, "bochs", Unsupported: true),
            _ when head.StartsWith("#!/bin/sh\n#V2.0 Format\n"u8) => new(DiskFormat.Raw, "cloop", Unsupported: true),
            _ => null,
        };
        if (signature is not null)
        {
            found.Add(signature);
        }
    }

    private static Signature Qcow(ReadOnlySpan<byte> head) =>
        head.Length >= 8 && BinaryPrimitives.ReadUInt32BigEndian(head[4..]) == 1
            ? new(DiskFormat.Qcow2, "qcow version 1", Unsupported: true)
            : new(DiskFormat.Qcow2, "qcow2");

    // A VMDK may be a text that names its extents: comments and blank lines, then "version=". Readers probe it that way.
    private static void FindVmdkText(ReadOnlySpan<byte> head, List<Signature> found)
    {
        var rest = head;
        while (!rest.IsEmpty)
        {
            var end = rest.IndexOf((byte)'\n');
            var line = (end < 0 ? rest : rest[..end]).Trim(" \t\r"u8);
            var isDescriptor = line.StartsWith("version="u8) || line.StartsWith("# Disk DescriptorFile"u8);
            if (isDescriptor)
            {
                found.Add(new(DiskFormat.Vmdk, "a vmdk descriptor that names other files", Unsupported: true));
                return;
            }

            if (end < 0 || (!line.IsEmpty && line[0] != '#'))
            {
                return;
            }

            rest = rest[(end + 1)..];
        }
    }

    private static void FindAtEnd(ByteSource source, List<Signature> found)
    {
        Span<byte> cookie = stackalloc byte[8];
        if (found.All(f => f.Format != DiskFormat.Vhd) && source.ReadAt(source.Length - 512, cookie) == 8 && cookie.SequenceEqual("conectix"u8))
        {
            found.Add(new(DiskFormat.Vhd, "vhd"));
        }
        else if (source.ReadAt(source.Length - 512, cookie) == 8 && cookie[..4].SequenceEqual("koly"u8))
        {
            found.Add(new(DiskFormat.Raw, "dmg", Unsupported: true));
        }
    }
}
