using System.Buffers.Binary;

namespace Cumulet.Disks.Inspection;

/// <summary>A piece of a header, read whole or not at all.</summary>
internal readonly ref struct Fields(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    public static bool TryRead(ByteSource source, long offset, Span<byte> buffer, out Fields fields)
    {
        fields = new(buffer);
        return source.ReadAt(offset, buffer) == buffer.Length;
    }

    public ReadOnlySpan<byte> Bytes(int at, int count) => _bytes.Slice(at, count);

    public uint Be32(int at) => BinaryPrimitives.ReadUInt32BigEndian(_bytes[at..]);

    public ulong Be64(int at) => BinaryPrimitives.ReadUInt64BigEndian(_bytes[at..]);

    public ushort Le16(int at) => BinaryPrimitives.ReadUInt16LittleEndian(_bytes[at..]);

    public uint Le32(int at) => BinaryPrimitives.ReadUInt32LittleEndian(_bytes[at..]);

    public ulong Le64(int at) => BinaryPrimitives.ReadUInt64LittleEndian(_bytes[at..]);

    public bool AllZero(int at, int count) => !_bytes.Slice(at, count).ContainsAnyExcept((byte)0);

    /// <summary>True when [offset, offset + length) lies inside a file of <paramref name="size"/> bytes.</summary>
    public static bool Inside(ulong offset, ulong length, long size) =>
        offset <= (ulong)size && length <= (ulong)size - offset;

    public static Verdict.Refused Truncated(string format, string what) =>
        new($"The {format} image ends inside its {what}; upload the whole file.");
}
