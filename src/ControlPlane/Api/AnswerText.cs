using System.Buffers;
using System.IO.Pipelines;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Cumulet.ControlPlane.Api;

/// <summary>
/// The JSON of one answer, in pieces: a long list is neither copied while it grows nor one of those large objects that make the
/// garbage collector look at everything.
/// </summary>
internal sealed class AnswerText : IBufferWriter<byte>
{
    private const int FirstPiece = 2048;
    // Below the 85,000 bytes from which on an object is a large one.
    private const int LargestPiece = 64 * 1024;

    private static readonly JsonWriterOptions Writing = new()
    {
        // What browsers would need escaped is not needed in JSON that clients parse; ids and keys stay readable.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    private readonly List<ReadOnlyMemory<byte>> _full = [];
    private byte[] _piece = GC.AllocateUninitializedArray<byte>(FirstPiece);
    private int _used;

    private AnswerText() { }

    public int Length { get; private set; }

    public static AnswerText Of(Action<Utf8JsonWriter> write)
    {
        var text = new AnswerText();
        using var json = new Utf8JsonWriter(text, Writing);
        write(json);
        json.Flush();
        return text;
    }

    public void CopyTo(PipeWriter writer)
    {
        foreach (var piece in _full) writer.Write(piece.Span);
        writer.Write(_piece.AsSpan(0, _used));
    }

    public void Advance(int count)
    {
        _used += count;
        Length += count;
    }

    public Memory<byte> GetMemory(int sizeHint = 0) => WithRoom(sizeHint).AsMemory(_used);
    public Span<byte> GetSpan(int sizeHint = 0) => WithRoom(sizeHint).AsSpan(_used);

    private byte[] WithRoom(int wanted)
    {
        wanted = Math.Max(wanted, 1);
        if (_piece.Length - _used >= wanted) return _piece;
        _full.Add(_piece.AsMemory(0, _used));
        _used = 0;
        return _piece = GC.AllocateUninitializedArray<byte>(Math.Max(wanted, Math.Min(LargestPiece, _piece.Length * 2)));
    }
}
