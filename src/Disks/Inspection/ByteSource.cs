using Microsoft.Win32.SafeHandles;

namespace Cumulet.Disks.Inspection;

/// <summary>
/// Bytes at offsets, with a budget: whatever a hostile header says, an inspection reads no more than
/// <see cref="Budget"/> bytes, and a read outside the file is short, never an error.
/// </summary>
public abstract class ByteSource
{
    /// <summary>How many bytes one inspection may read in all.</summary>
    public const long Budget = 8 << 20;

    private long _left = Budget;

    /// <summary>False when the budget does not allow reading so many bytes any more.</summary>
    public bool Affords(int count) => count <= _left;

    /// <summary>Length in bytes.</summary>
    public abstract long Length { get; }

    /// <summary>An open file. The handle stays the caller's.</summary>
    public static ByteSource Of(SafeFileHandle file) => new FileBytes(file);

    /// <summary>Bytes in memory.</summary>
    public static ByteSource Of(ReadOnlyMemory<byte> bytes) => new MemoryBytes(bytes);

    /// <summary>A stream that can seek. The stream stays the caller's.</summary>
    public static ByteSource Of(Stream stream) => new StreamBytes(stream);

    /// <summary>Fills as much of <paramref name="target"/> as there is and says how much that was.</summary>
    public int ReadAt(long offset, Span<byte> target)
    {
        if (offset < 0 || offset >= Length || target.Length > _left)
        {
            return 0;
        }

        _left -= target.Length;
        return Read(offset, target[..(int)Math.Min(target.Length, Length - offset)]);
    }

    private protected abstract int Read(long offset, Span<byte> target);

    private sealed class FileBytes(SafeFileHandle file) : ByteSource
    {
        public override long Length { get; } = RandomAccess.GetLength(file);

        private protected override int Read(long offset, Span<byte> target)
        {
            var got = 0;
            while (got < target.Length && RandomAccess.Read(file, target[got..], offset + got) is > 0 and var n)
            {
                got += n;
            }

            return got;
        }
    }

    private sealed class MemoryBytes(ReadOnlyMemory<byte> bytes) : ByteSource
    {
        public override long Length => bytes.Length;

        private protected override int Read(long offset, Span<byte> target)
        {
            bytes.Span.Slice((int)offset, target.Length).CopyTo(target);
            return target.Length;
        }
    }

    private sealed class StreamBytes(Stream stream) : ByteSource
    {
        public override long Length { get; } = stream.Length;

        private protected override int Read(long offset, Span<byte> target)
        {
            stream.Position = offset;
            return stream.ReadAtLeast(target, target.Length, throwOnEndOfStream: false);
        }
    }
}
