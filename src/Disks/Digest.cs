using System.Security.Cryptography;

namespace Cumulet.Disks;

/// <summary>Length and hashes of a stream, as Glance reports them.</summary>
/// <param name="Length">Bytes.</param>
/// <param name="Md5">Lower-case hex.</param>
/// <param name="Sha512">Lower-case hex.</param>
public sealed record Digest(long Length, string Md5, string Sha512)
{
    private const int Chunk = 1 << 20;

    /// <summary>Reads a stream to its end, for the hashes that derived images get in the background.</summary>
    public static async Task<Digest> OfAsync(Stream stream, CancellationToken cancellationToken)
    {
        using var hashes = new DigestBuilder();
        var (front, back) = (new byte[Chunk], new byte[Chunk]);
        var pending = Task.CompletedTask;
        int count;
        while ((count = await stream.ReadAtLeastAsync(front, Chunk, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false)) > 0)
        {
            await pending.ConfigureAwait(false);
            pending = hashes.AppendAsync(front.AsMemory(0, count));
            (front, back) = (back, front);
        }

        await pending.ConfigureAwait(false);
        return hashes.Finish();
    }
}

/// <summary>Both hashes at once, each on its own core.</summary>
internal sealed class DigestBuilder : IDisposable
{
    private readonly IncrementalHash _md5 = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
    private readonly IncrementalHash _sha512 = IncrementalHash.CreateHash(HashAlgorithmName.SHA512);
    private long _length;

    public long Length => _length;

    public Task AppendAsync(ReadOnlyMemory<byte> bytes)
    {
        _length += bytes.Length;
        return Task.WhenAll(
            Task.Run(() => _md5.AppendData(bytes.Span)),
            Task.Run(() => _sha512.AppendData(bytes.Span)));
    }

    public Digest Finish() => new(
        _length, Convert.ToHexStringLower(_md5.GetHashAndReset()), Convert.ToHexStringLower(_sha512.GetHashAndReset()));

    public void Dispose()
    {
        _md5.Dispose();
        _sha512.Dispose();
    }
}
