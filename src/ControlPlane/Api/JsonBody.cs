using System.Buffers;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Cumulet.ControlPlane.Api;

/// <summary>Reads a request's body as JSON within a limit.</summary>
internal static class JsonBody
{
    private const int MaxDepth = 64;

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
        try
        {
            var reader = new Utf8JsonReader(bytes, new JsonReaderOptions { MaxDepth = MaxDepth });
            var element = JsonElement.ParseValue(ref reader);
            if (reader.Read()) throw Fault.BadRequest("Malformed request body: text after the JSON value.");
            return element;
        }
        catch (JsonException malformed)
        {
            throw Fault.BadRequest(
                $"Malformed request body: not JSON at line {malformed.LineNumber + 1}, byte {malformed.BytePositionInLine}.");
        }
        catch (InvalidOperationException)
        {
            throw Fault.BadRequest("Malformed request body: a text in it is not valid UTF-8.");
        }
    }

    private static Fault TooLarge(long maxBytes) =>
        Fault.TooLarge($"Request is too large: the body may have {maxBytes} bytes at most.");
}
