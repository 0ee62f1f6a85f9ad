using System.Buffers;
using System.Text.Json;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http;

namespace Cumulet.ControlPlane.Api;

/// <summary>Reads a request's body as JSON within a limit.</summary>
internal static class JsonBody
{
    private const int MaxDepth = 64;

    // Of two members of one name a check might see the one and its reader the other: such a body is refused.
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = MaxDepth, AllowDuplicateProperties = false };

    public static async Task<JsonElement> Read(HttpContext http, long maxBytes)
    {
        if (http.Request.ContentLength > maxBytes) throw TooLarge(maxBytes);
        var reader = http.Request.BodyReader;
        while (true)
        {
            var result = await reader.ReadAsync(http.RequestAborted);
            // A read that is left open, here by what throws, breaks the connection for the next request.
            if (result.Buffer.Length > maxBytes)
            {
                reader.AdvanceTo(result.Buffer.End);
                throw TooLarge(maxBytes);
            }
            if (result.IsCompleted)
            {
                try
                {
                    return Parse(result.Buffer);
                }
                finally
                {
                    reader.AdvanceTo(result.Buffer.End);
                }
            }
            reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
    }

    private static JsonElement Parse(ReadOnlySequence<byte> bytes)
    {
        if (bytes.IsEmpty) throw Fault.BadRequest("The request needs a JSON body and has none.");
        var whole = bytes.ToArray();
        if (!Utf8.IsValid(whole)) throw Fault.BadRequest("Malformed request body: it is not valid UTF-8.");
        try
        {
            if (whole.AsSpan().IndexOf("\\u"u8) >= 0) CheckEscapes(whole);
            return JsonElement.Parse(whole, Options);
        }
        catch (JsonException malformed)
        {
            throw Fault.BadRequest(
                $"Malformed request body: not JSON at line {malformed.LineNumber + 1}, byte {malformed.BytePositionInLine}.");
        }
    }

    // Half a surrogate pair is no text, and a NUL is one that databases do not take.
    private static void CheckEscapes(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = MaxDepth });
        while (reader.Read())
        {
            if (!reader.ValueIsEscaped) continue;
            try
            {
                if (reader.GetString()!.Contains('\0')) throw Fault.BadRequest("Malformed request body: a text in it holds the character U+0000.");
            }
            catch (InvalidOperationException)
            {
                throw Fault.BadRequest("Malformed request body: a text in it holds half a surrogate pair.");
            }
        }
    }

    private static Fault TooLarge(long maxBytes) =>
        Fault.TooLarge($"Request is too large: the body may have {maxBytes} bytes at most.");
}
