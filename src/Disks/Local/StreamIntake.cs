using Microsoft.Win32.SafeHandles;

namespace Cumulet.Disks.Local;

// One chunk is hashed twice and written while the next is read. Zeros are not written: the file stays sparse.

/// <summary>Takes a stream into a file, counting and hashing on the way.</summary>
internal static class StreamIntake
{
    private const int Chunk = 1 << 20;
    private const int Hole = 64 << 10;

    public static async Task<Digest> WriteAsync(Stream source, SafeFileHandle file, ImportTerms terms, CancellationToken cancellationToken)
    {
        using var hashes = new DigestBuilder();
        var limit = Math.Min(terms.ExpectedLength ?? long.MaxValue, terms.MaxLength);
        var (front, back) = (new byte[Chunk], new byte[Chunk]);
        var pending = Task.CompletedTask;
        try
        {
            int count;
            while ((count = await source.ReadAtLeastAsync(front, Chunk, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false)) > 0)
            {
                await pending.ConfigureAwait(false);
                if (hashes.Length + count > limit)
                {
                    throw new DiskException(DiskFault.TooLarge, $"The image has more than the {limit} bytes that were announced or are allowed.");
                }

                var bytes = front.AsMemory(0, count);
                var offset = hashes.Length;
                pending = Task.WhenAll(hashes.AppendAsync(bytes), Task.Run(() => WriteSparse(file, bytes.Span, offset), cancellationToken));
                (front, back) = (back, front);
            }
        }
        finally
        {
            // The buffers are in use until then, also when reading failed.
            await pending.ConfigureAwait(false);
        }

        if (terms.ExpectedLength is { } expected && hashes.Length < expected)
        {
            throw new DiskException(DiskFault.Truncated, $"The image ended after {hashes.Length} of {expected} bytes; upload it again.");
        }

        RandomAccess.SetLength(file, hashes.Length);
        return hashes.Finish();
    }

    private static void WriteSparse(SafeFileHandle file, ReadOnlySpan<byte> bytes, long offset)
    {
        var from = 0;
        for (var at = 0; at < bytes.Length; at += Hole)
        {
            var block = bytes.Slice(at, Math.Min(Hole, bytes.Length - at));
            if (block.ContainsAnyExcept((byte)0))
            {
                continue;
            }

            RandomAccess.Write(file, bytes[from..at], offset + from);
            from = at + block.Length;
        }

        RandomAccess.Write(file, bytes[from..], offset + from);
    }
}
