using System.Buffers.Binary;
using System.Text;
using Cumulet.Disks.Inspection;

namespace Cumulet.Disks.Qcow2;

/// <summary>What the store reads back from one of its own qcow2 files: size in bytes, the noted backing name, whether it is encrypted.</summary>
internal sealed record Qcow2Stamp(long VirtualSize, string? BackingFile, bool Encrypted)
{
    /// <summary>Null when the file is not a qcow2 image at all.</summary>
    public static Qcow2Stamp? Read(ByteSource source)
    {
        Span<byte> header = stackalloc byte[72];
        if (source.ReadAt(0, header) < header.Length || BinaryPrimitives.ReadUInt32BigEndian(header) != 0x514649FB)
        {
            return null;
        }

        var nameOffset = BinaryPrimitives.ReadInt64BigEndian(header[8..]);
        var nameLength = (int)Math.Min(1023, BinaryPrimitives.ReadUInt32BigEndian(header[16..]));
        var size = BinaryPrimitives.ReadInt64BigEndian(header[24..]);
        var encrypted = BinaryPrimitives.ReadUInt32BigEndian(header[32..]) != 0;
        if (nameOffset <= 0 || nameLength == 0)
        {
            return new(size, null, encrypted);
        }

        Span<byte> name = stackalloc byte[nameLength];
        var got = source.ReadAt(nameOffset, name);
        return new(size, Encoding.UTF8.GetString(name[..got]), encrypted);
    }
}
