namespace Cumulet.Cli.Connection;

/// <summary>The cloud answered, and said no.</summary>
sealed class ApiError(int status, string message) : Exception(message)
{
    public int Status => status;

    /// <summary>
    /// Words the answer as the python client does: of compute, volume and identity
    /// <c>text (HTTP 404) (Request-ID: req-…)</c>, of image and network <c>NotFoundException: 404: Client Error for url: …</c>.
    /// </summary>
    public static ApiError From(ServiceType service, int status, Uri url, string body, string? requestId)
    {
        var text = Text(body, status);
        if (service is ServiceType.Image or ServiceType.Network or ServiceType.Placement)
        {
            var kind = status switch { 400 => "BadRequest", 404 => "NotFound", 409 => "Conflict", 412 => "PreconditionFailed", _ => "Http" };
            var side = status >= 500 ? "Server" : "Client";
            return new ApiError(status, $"{kind}Exception: {status}: {side} Error for url: {url}, {text}");
        }

        var request = requestId is null ? "" : $" (Request-ID: {requestId})";
        return new ApiError(status, $"{text} (HTTP {status}){request}");
    }

    private static string Text(string body, int status)
    {
        var reason = ((System.Net.HttpStatusCode)status).ToString();
        if (body.Length == 0) return reason;
        if (body.TrimStart().StartsWith('<'))
        {
            var plain = System.Text.RegularExpressions.Regex.Replace(body, "<title>.*?</title>|<[^>]*>", " ",
                System.Text.RegularExpressions.RegexOptions.Singleline);
            return string.Join(' ', plain.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        }

        try
        {
            return FirstMessage(JsonNode.Parse(body)) ?? reason;
        }
        catch (System.Text.Json.JsonException)
        {
            return body.Trim();
        }
    }

    /// <summary>Services put their text in different places; it is the first "message" in any of them.</summary>
    private static string? FirstMessage(JsonNode? node) => node switch
    {
        JsonValue value when value.GetValueKind() == System.Text.Json.JsonValueKind.String => value.GetValue<string>(),
        JsonObject fields when fields["message"] is { } message => FirstMessage(message),
        JsonObject fields when fields["detail"] is JsonValue detail => FirstMessage(detail),
        JsonObject fields => fields.Select(pair => pair.Value).OfType<JsonNode>()
            .Where(child => child is JsonObject or JsonArray || fields.Count == 1).Select(FirstMessage).FirstOrDefault(text => text is not null),
        JsonArray items => items.OfType<JsonObject>().Select(FirstMessage).FirstOrDefault(text => text is not null),
        _ => null,
    };
}

/// <summary>There was no answer at all.</summary>
sealed class ConnectionError(string message, Exception cause) : Exception(message, cause);
