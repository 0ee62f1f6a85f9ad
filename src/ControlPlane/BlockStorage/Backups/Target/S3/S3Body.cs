using System.Net;
using System.Security.Cryptography;

namespace Cumulet.ControlPlane.BlockStorage.Backups.Target.S3;

/// <summary>
/// What is put into an object, written twice: once to learn its hash and length, which stand in the request's head, and once over
/// the network. So nothing need be held in memory or laid down in between, however large it is.
/// </summary>
internal sealed class S3Body : HttpContent
{
    private readonly WriteFile _write;
    private readonly long _length;
    private readonly Action _progress;

    private S3Body(WriteFile write, string hash, long length, Action progress)
    {
        (_write, Hash, _length, _progress) = (write, hash, length, progress);
    }

    /// <summary>SHA-256, hex.</summary>
    public string Hash { get; }

    /// <param name="progress">Called for each part that is on its way.</param>
    public static async Task<S3Body> Measure(WriteFile write, Action progress, CancellationToken cancel)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var length = 0L;
        await using var measure = new PartsStream(part =>
        {
            hash.AppendData(part.Span);
            length += part.Length;
            progress();
            return ValueTask.CompletedTask;
        });
        await write(measure, cancel);
        return new S3Body(write, Convert.ToHexStringLower(hash.GetCurrentHash()), length, progress);
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        await using var parts = new PartsStream(async part =>
        {
            await stream.WriteAsync(part, cancellationToken);
            _progress();
        });
        await _write(parts, cancellationToken);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _length;
        return true;
    }

    /// <summary>Takes what is written to it in parts small enough to tell that it goes on.</summary>
    private sealed class PartsStream(Func<ReadOnlyMemory<byte>, ValueTask> take) : Stream
    {
        private const int PartSize = 256 << 10;

        public override bool CanRead => false;
        public override bool CanSeek => false;
        public override bool CanWrite => true;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            for (; buffer.Length > PartSize; buffer = buffer[PartSize..]) await take(buffer[..PartSize]);
            await take(buffer);
        }

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("write it asynchronously");
        public override void Flush() { }
        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
