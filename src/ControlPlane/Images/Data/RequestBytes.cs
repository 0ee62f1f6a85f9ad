using System.Buffers;
using System.IO.Pipelines;

namespace Cumulet.ControlPlane.Images.Data;

/// <summary>
/// The bytes of a request. A read is broken off through the pipe and then ended properly: one that is left open, as a
/// cancelled read of Kestrel's own stream is, keeps the server from finishing with the request.
/// </summary>
internal sealed class RequestBytes(PipeReader body) : ForwardStream
{
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await using var breakOff = cancellationToken.UnsafeRegister(static reader => ((PipeReader)reader!).CancelPendingRead(), body);
        while (true)
        {
            var result = await body.ReadAsync(CancellationToken.None);
            var part = result.Buffer.Slice(0, Math.Min(buffer.Length, result.Buffer.Length));
            var count = (int)part.Length;
            if (!result.IsCanceled) part.CopyTo(buffer.Span);
            body.AdvanceTo(result.IsCanceled ? result.Buffer.Start : part.End);
            if (result.IsCanceled) cancellationToken.ThrowIfCancellationRequested();
            else if (count > 0 || result.IsCompleted) return count;
        }
    }
}
