using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Cumulet.ControlPlane.Api;

/// <summary>The JSON of one answer in a borrowed buffer that grows: a list's hundreds of kilobytes are no garbage.</summary>
internal sealed class AnswerText : IBufferWriter<byte>, IDisposable
{
    private const int Smallest = 4096;

    private static readonly JsonWriterOptions Writing = new()
    {
        // What browsers would need escaped is not needed in JSON that clients parse; ids and keys stay readable.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(Smallest);
    private int _length;

    /// <summary>Null where the answer has no body of JSON, or one that was written before.</summary>
    public static AnswerText? Of(Reply reply)
    {
        if (reply.JsonBody is not { } write) return null;
        var text = new AnswerText();
        try
        {
            using var json = new Utf8JsonWriter(text, Writing);
            write(json);
            json.Flush();
            return text;
        }
        catch
        {
            text.Dispose();
            throw;
        }
    }

    public ReadOnlyMemory<byte> Written => _buffer.AsMemory(0, _length);

    public void Advance(int count) => _length += count;
    public Memory<byte> GetMemory(int sizeHint = 0) => WithRoom(sizeHint).AsMemory(_length);
    public Span<byte> GetSpan(int sizeHint = 0) => WithRoom(sizeHint).AsSpan(_length);

    private byte[] WithRoom(int wanted)
    {
        if (_buffer.Length - _length >= Math.Max(wanted, 1)) return _buffer;
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_buffer.Length * 2, _length + wanted));
        Written.CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        return _buffer = larger;
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
        _length = 0;
    }
}
