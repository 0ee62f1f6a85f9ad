using System.Diagnostics;

namespace Cumulet.Disks.Tests;

/// <summary>Gives so many bytes, then breaks like a lost connection.</summary>
internal sealed class BrokenStream(long length) : SourceStream
{
    public long Given { get; private set; }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (Given >= length)
        {
            throw new EndOfStreamException("The connection was lost.");
        }

        buffer.Span.Fill(0x5A);
        Given += buffer.Length;
        return ValueTask.FromResult(buffer.Length);
    }
}

/// <summary>Gives its bytes when it is opened.</summary>
internal sealed class GatedStream : SourceStream
{
    public const int Size = 1000;
    private readonly TaskCompletionSource _gate = new();
    private int _left = Size;

    public void Open() => _gate.SetResult();

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await _gate.Task.WaitAsync(cancellationToken);
        var count = Math.Min(_left, buffer.Length);
        _left -= count;
        return count;
    }
}

internal abstract class SourceStream : Stream
{
    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }
    public override void Flush() { }
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}

/// <summary>A process that has a disk open for writing, as a guest has.</summary>
internal sealed class DiskUser : IDisposable
{
    private readonly Process _process;

    public DiskUser(DiskChain chain)
    {
        _process = Process.Start(new ProcessStartInfo("qemu-io", [chain.ToJsonFilename()]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        _process.StandardInput.WriteLine("length");
        _process.StandardInput.Flush();
        while (_process.StandardOutput.ReadLine() is { } line && !line.Contains("iB", StringComparison.Ordinal)) { }
    }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }
}
