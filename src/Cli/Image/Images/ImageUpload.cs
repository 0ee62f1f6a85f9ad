using System.Net.Http.Headers;
using Cumulet.Cli.Commands;

namespace Cumulet.Cli.Image.Images;

/// <summary>Streams the data of an image, never holding it in memory.</summary>
static class ImageUpload
{
    public static async Task Send(Call call, string path, Stream data, bool showProgress, CancellationToken cancellation)
    {
        var length = data.CanSeek ? data.Length : (long?)null;
        await using var source = showProgress ? new ProgressStream(data, length, call.Terminal.Error) : data;
        using var content = new StreamContent(source, 1 << 20);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        content.Headers.ContentLength = length;
        using var reply = await call.Cloud.Image.Send(HttpMethod.Put, path, content, cancellation);
        if (showProgress) call.Terminal.Error.WriteLine();
    }

    /// <summary>Draws a bar while it is read.</summary>
    private sealed class ProgressStream(Stream data, long? length, TextWriter output) : Stream
    {
        private const int BarWidth = 29;
        private long _read;
        private long _shown = -1;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => length ?? throw new NotSupportedException();

        public override long Position { get => _read; set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count) => Count(data.Read(buffer, offset, count));

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            Count(await data.ReadAsync(buffer, cancellationToken));

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing) data.Dispose();
            base.Dispose(disposing);
        }

        private int Count(int count)
        {
            _read += count;
            var step = length is > 0 ? _read * 100 / length.Value : _read >> 20;
            if (step == _shown) return count;
            _shown = step;
            output.Write(length is > 0
                ? $"\r[{new string('=', (int)(BarWidth * step / 100))}>{new string(' ', BarWidth - (int)(BarWidth * step / 100))}] {step}%"
                : $"\r{step} MiB");
            output.Flush();
            return count;
        }
    }
}
