using System.Text.Json;

namespace Cumulet.ControlPlane.Api;

/// <summary>
/// What a handler answers: status, headers and, written last, the body. Handlers return it instead of touching the
/// response, so that the dispatcher can refuse to send anything whose policy was never asked.
/// </summary>
public sealed class Reply
{
    private List<(string Name, string Value)>? _headers;

    private Reply(int status) => Status = status;

    public int Status { get; }

    internal Action<Utf8JsonWriter>? JsonBody { get; private init; }
    /// <summary>A body that was written before.</summary>
    internal AnswerText? JsonText { get; private init; }
    internal Func<Stream, CancellationToken, Task>? StreamBody { get; private init; }
    internal long? ContentLength { get; private init; }
    internal string? ContentType { get; private init; }
    internal IReadOnlyList<(string Name, string Value)> Headers => _headers ?? [];

    public static Reply Json(int status, Action<Utf8JsonWriter> body) =>
        new(status) { JsonBody = body, ContentType = "application/json" };

    internal static Reply Written(AnswerText json) => new(200) { JsonText = json, ContentType = "application/json" };

    public static Reply Ok(Action<Utf8JsonWriter> body) => Json(200, body);

    public static Reply Empty(int status = 204) => new(status);

    public static Reply Text(int status, string text, string contentType = "text/plain; charset=UTF-8")
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes(text);
        return new(status)
        {
            ContentType = contentType,
            ContentLength = bytes.Length,
            StreamBody = (stream, cancel) => stream.WriteAsync(bytes, cancel).AsTask(),
        };
    }

    /// <param name="length">Bytes, where known; null sends chunks.</param>
    public static Reply Stream(int status, string contentType, long? length, Func<Stream, CancellationToken, Task> copy) =>
        new(status) { StreamBody = copy, ContentType = contentType, ContentLength = length };

    /// <summary>Adds a header; line breaks in the value are a defect of the caller and are refused by the server.</summary>
    public Reply With(string header, string value)
    {
        (_headers ??= []).Add((header, value));
        return this;
    }
}
