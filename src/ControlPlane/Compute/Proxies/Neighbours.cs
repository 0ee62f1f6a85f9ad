using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Cumulet.ControlPlane.Api;

namespace Cumulet.ControlPlane.Compute.Proxies;

/// <summary>
/// The other services of this cloud, asked as Nova asks them: over HTTP, with the caller's own token, so that their rules and
/// policies decide. Only the old proxies of the API go this way, up to microversion 2.35.
/// </summary>
internal sealed class Neighbours
{
    private readonly HttpClient _client = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseProxy = false,
        // The other end is the very address and port at which the request came in: this process.
        SslOptions = { RemoteCertificateValidationCallback = (_, _, _, _) => true },
    });

    /// <param name="path">From the service's mount on: <c>network/v2.0/networks</c>.</param>
    /// <returns>The answer's body; undefined where it has none. Faults of the other service become this one's.</returns>
    public async Task<JsonElement> Call(ApiRequest request, string method, string path, Action<Utf8JsonWriter>? body = null, string contentType = "application/json")
    {
        var incoming = request.Http;
        var address = incoming.Connection.LocalIpAddress ?? IPAddress.Loopback;
        var here = new IPEndPoint(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address, incoming.Connection.LocalPort);
        using var message = new HttpRequestMessage(new HttpMethod(method), $"{incoming.Request.Scheme}://{here}/{path}");
        message.Headers.Host = incoming.Request.Host.Value;
        message.Headers.Add("X-Auth-Token", incoming.Request.Headers["X-Auth-Token"].ToString());
        message.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        if (body is not null) message.Content = Content(body, contentType);
        using var answer = await _client.SendAsync(message, request.Cancel);
        var bytes = await answer.Content.ReadAsByteArrayAsync(request.Cancel);
        var json = bytes.Length == 0 ? default : Parse(bytes);
        return answer.IsSuccessStatusCode ? json : throw AsFault((int)answer.StatusCode, json);
    }

    private static ByteArrayContent Content(Action<Utf8JsonWriter> body, string contentType)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer)) body(json);
        return new ByteArrayContent(buffer.ToArray()) { Headers = { ContentType = new MediaTypeHeaderValue(contentType) } };
    }

    private static JsonElement Parse(byte[] bytes)
    {
        var reader = new Utf8JsonReader(bytes);
        return JsonElement.ParseValue(ref reader);
    }

    // {"NeutronError": {"message": …}}, {"itemNotFound": {"message": …}}, or Glance's flat form.
    private static Fault AsFault(int status, JsonElement body)
    {
        var message = body.GetText("message");
        if (message is null && body.ValueKind == JsonValueKind.Object)
            message = body.EnumerateObject().Select(m => m.Value.GetText("message")).FirstOrDefault(m => m is not null);
        message = (message ?? "The request was refused.").Replace("<br /><br />", "", StringComparison.Ordinal).Trim();
        return status switch
        {
            400 => Fault.BadRequest(message),
            401 => Fault.Unauthorized(),
            403 => Fault.Forbidden(message),
            404 => Fault.NotFound(message),
            409 => Fault.Conflict(message),
            413 => Fault.Forbidden(message),
            _ => new Fault(FaultKind.ServerError, message),
        };
    }
}
