using System.Net;
using System.Net.Http.Headers;

namespace Cumulet.Cli.Connection;

/// <summary>Requests to one service, below its endpoint, with the token and the microversion on them.</summary>
sealed class ServiceClient(Cloud cloud, ServiceType service)
{
    private string? _raised;
    private bool _preferred;

    public ServiceType Service => service;

    /// <summary>The version that the user asked for, or null; <c>2</c> and <c>3</c> are majors and ask for nothing.</summary>
    public string? Asked => cloud.Configuration.Version(service) is { } version && version.Contains('.') ? version : null;

    /// <summary>The microversion that goes on requests.</summary>
    public string? Version => Asked ?? _raised ?? service switch { ServiceType.Compute => "2.1", ServiceType.Placement => "1.0", _ => null };

    /// <summary>
    /// Says that what comes needs a microversion. When the user chose one that is too old it is an error, as in the
    /// python client; when nobody chose, the needed one is used.
    /// </summary>
    /// <exception cref="CommandError">The chosen version is too old.</exception>
    public void Need(string version, string what)
    {
        if (AtLeast(version)) return;
        if (Asked is not null)
        {
            throw new CommandError($"--os-{(service == ServiceType.Compute ? "compute" : "volume")}-api-version {version} or greater "
                + $"is required to support the {what}");
        }

        _raised = version;
        _preferred = false;
    }

    /// <summary>The newest version up to this one that the python client would use here, where nobody chose one.</summary>
    public void Prefer(string version)
    {
        if (Asked is not null || AtLeast(version)) return;
        _raised = version;
        _preferred = true;
    }

    /// <summary>Is the version in use this one or a later one?</summary>
    public bool AtLeast(string version) => Version is { } mine && (mine.EndsWith("latest", StringComparison.Ordinal)
        || Parse(mine).CompareTo(Parse(version)) >= 0);

    private static (int Major, int Minor) Parse(string version) => version.Split('.') is [var major, var minor]
        && int.TryParse(major, out var majorNumber) && int.TryParse(minor, out var minorNumber)
        ? (majorNumber, minorNumber)
        : throw new CommandError($"'{version}' is not an API version: give it as X.Y");

    public Task<JsonObject> Get(string path, CancellationToken cancellation) => Call(HttpMethod.Get, path, null, cancellation);

    public Task Head(string path, CancellationToken cancellation) => Call(HttpMethod.Head, path, null, cancellation);

    public Task<JsonObject> Post(string path, JsonNode? body, CancellationToken cancellation) =>
        Call(HttpMethod.Post, path, body, cancellation);

    public Task<JsonObject> Put(string path, JsonNode? body, CancellationToken cancellation) =>
        Call(HttpMethod.Put, path, body, cancellation);

    public Task<JsonObject> Patch(string path, JsonNode body, CancellationToken cancellation, string type = "application/json") =>
        Call(HttpMethod.Patch, path, body, cancellation, type);

    public Task<JsonObject> Delete(string path, CancellationToken cancellation, (string Name, string Value)[]? headers = null) =>
        Call(HttpMethod.Delete, path, null, cancellation, headers: headers);

    /// <summary>Null where the answer is 404.</summary>
    public async Task<JsonObject?> GetOrNull(string path, CancellationToken cancellation)
    {
        try
        {
            return await Get(path, cancellation);
        }
        catch (ApiError error) when (error.Status is 404 or 400)
        {
            return null;
        }
    }

    /// <summary>All items of a collection, following the service's links from page to page.</summary>
    /// <param name="limit">Stops after as many; null for all.</param>
    public async Task<List<JsonObject>> List(string path, string key, CancellationToken cancellation, int? limit = null)
    {
        var items = new List<JsonObject>();
        var next = path;
        while (next is not null)
        {
            var page = await Get(next, cancellation);
            var found = page.Items(key).ToList();
            items.AddRange(found);
            if (limit is { } most && items.Count >= most) return items[..most];
            next = found.Count == 0 ? null : Next(page, key, path);
        }

        return items;
    }

    /// <summary>Where the next page is. Only the query of the link counts: proxies often leave a wrong host in it.</summary>
    private static string? Next(JsonObject page, string key, string path)
    {
        var link = page.Items(key + "_links").FirstOrDefault(entry => entry.Text("rel") == "next").Text("href")
            ?? page.Text("next") ?? page.Field("links").Text("next");
        return link is not null && link.Contains('?') ? path.Split('?')[0] + link[link.IndexOf('?')..] : null;
    }

    private async Task<JsonObject> Call(HttpMethod method, string path, JsonNode? body, CancellationToken cancellation,
        string type = "application/json", (string Name, string Value)[]? headers = null)
    {
        using var content = body is null ? null : Json(body, type);
        using var reply = await Send(method, path, content, cancellation, headers: headers);
        var text = await reply.Content.ReadAsStringAsync(cancellation);
        if (text.Length == 0 || reply.StatusCode == HttpStatusCode.NoContent) return [];
        return reply.Content.Headers.ContentType?.MediaType is null or "application/json" or "application/json-home"
            ? JsonNode.Parse(text) as JsonObject ?? []
            : [];
    }

    /// <summary>Sends and returns the answer, unread, when it is a good one.</summary>
    /// <exception cref="ApiError">Any status of 400 and above.</exception>
    public async Task<HttpResponseMessage> Send(HttpMethod method, string path, HttpContent? content, CancellationToken cancellation,
        string accept = "application/json", (string Name, string Value)[]? headers = null)
    {
        var endpoint = await cloud.Endpoint(service, cancellation);
        var session = await cloud.Session(cancellation);
        var url = path.StartsWith("http", StringComparison.Ordinal) ? path : endpoint + path;
        using var request = new HttpRequestMessage(method, url) { Content = content };
        request.Headers.TryAddWithoutValidation("X-Auth-Token", session.Token);
        request.Headers.TryAddWithoutValidation("Accept", accept);
        request.Headers.TryAddWithoutValidation("User-Agent", "cumulet-openstack");
        foreach (var (name, value) in headers ?? []) request.Headers.TryAddWithoutValidation(name, value);
        AddVersion(request.Headers);
        var reply = await cloud.Send(request, cancellation);
        if (reply.IsSuccessStatusCode) return reply;
        if (reply.StatusCode == HttpStatusCode.NotAcceptable && _preferred)
        {
            // An older cloud. What was preferred was an ornament: do without it.
            reply.Dispose();
            (_preferred, _raised) = (false, null);
            return await Send(method, path, content, cancellation, accept, headers);
        }

        using (reply)
        {
            var text = await reply.Content.ReadAsStringAsync(cancellation);
            throw ApiError.From(service, (int)reply.StatusCode, request.RequestUri!, text, RequestId(reply));
        }
    }

    private void AddVersion(HttpRequestHeaders headers)
    {
        if (Version is not { } version) return;
        var value = version.EndsWith("latest", StringComparison.Ordinal) ? "latest" : version;
        if (service == ServiceType.Compute)
            headers.TryAddWithoutValidation("X-OpenStack-Nova-API-Version", value);
        headers.TryAddWithoutValidation("OpenStack-API-Version", $"{(service == ServiceType.Volume ? "volume" : Catalog.Names(service)[0])} {value}");
    }

    public static ByteArrayContent Json(JsonNode body, string type = "application/json")
    {
        using var buffer = new MemoryStream();
        using (var writer = new System.Text.Json.Utf8JsonWriter(buffer)) body.WriteTo(writer);
        var content = new ByteArrayContent(buffer.ToArray());
        content.Headers.ContentType = new MediaTypeHeaderValue(type);
        return content;
    }

    public static string? RequestId(HttpResponseMessage reply) =>
        reply.Headers.TryGetValues("x-openstack-request-id", out var values)
            || reply.Headers.TryGetValues("x-compute-request-id", out values) ? values.First() : null;
}
