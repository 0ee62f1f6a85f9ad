using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Cumulet.Cli.Tests;

/// <summary>
/// A cloud of fixed answers on a loopback port. cloud.json holds its things in the form of the published API samples;
/// what is posted is answered with a template, what is put is answered merged. It keeps nothing, so every command meets
/// the same cloud, and it writes down every request that would have changed something.
/// </summary>
public sealed class ScriptedCloud : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly JsonObject _script;
    private readonly List<string> _changes = [];

    public ScriptedCloud()
    {
        Address = "http://127.0.0.1:" + FreePort();
        _script = JsonNode.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "cloud.json")).Replace("BASE", Address))!.AsObject();
        _listener.Prefixes.Add(Address + "/");
        _listener.Start();
        _ = Task.Run(Serve);
    }

    /// <summary>For example http://127.0.0.1:34567.</summary>
    public string Address { get; }

    /// <summary>Requests, in full, that the next answers differ for; by "METHOD path".</summary>
    public Dictionary<string, Queue<(int Status, string Body)>> Scripted { get; } = [];

    /// <summary>All requests: method and path with its query.</summary>
    public List<string> Requests { get; } = [];

    /// <summary>The headers of the last request by path.</summary>
    public Dictionary<string, Dictionary<string, string>> Headers { get; } = [];

    /// <summary>Method, path and body of each request that is not a question, since the last call of this.</summary>
    public List<string> TakeChanges()
    {
        lock (_changes)
        {
            var taken = _changes.ToList();
            _changes.Clear();
            return taken;
        }
    }

    public void Dispose() => _listener.Close();

    private static int FreePort()
    {
        // Five digits, so that addresses have one width in tables.
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    private async Task Serve()
    {
        while (_listener.IsListening)
        {
            try
            {
                var context = await _listener.GetContextAsync();
                _ = Task.Run(() => Answer(context));
            }
            catch (Exception error) when (error is HttpListenerException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private void Answer(HttpListenerContext context)
    {
        var request = context.Request;
        using var reader = new StreamReader(request.InputStream, Encoding.UTF8);
        var body = reader.ReadToEnd();
        var path = request.Url!.AbsolutePath.TrimEnd('/');
        Note(request, path, body);
        var (status, answer) = Reply(request, path, body);
        var response = context.Response;
        response.StatusCode = status;
        response.Headers["x-openstack-request-id"] = "req-00000000-0000-4000-8000-000000000000";
        if (path.EndsWith("/auth/tokens", StringComparison.Ordinal)) response.Headers["X-Subject-Token"] = "gAAAA-token";
        if (JsonNodeOrNull(answer)?["_headers"] is JsonObject headers)
        {
            foreach (var (name, value) in headers) response.Headers[name] = value!.GetValue<string>();
        }

        if (status != 204)
        {
            response.ContentType = path.EndsWith("/file", StringComparison.Ordinal) ? "application/octet-stream" : "application/json";
            response.OutputStream.Write(Encoding.UTF8.GetBytes(answer));
        }

        response.Close();
    }

    private void Note(HttpListenerRequest request, string path, string body)
    {
        lock (_changes)
        {
            Requests.Add($"{request.HttpMethod} {request.Url!.PathAndQuery}");
            Headers[path] = request.Headers.AllKeys.ToDictionary(key => key!, key => request.Headers[key]!);
            if (request.HttpMethod is "GET" or "HEAD" || path.EndsWith("/auth/tokens", StringComparison.Ordinal)) return;
            _changes.Add($"{request.HttpMethod} {request.Url.PathAndQuery} {Canonical(JsonNodeOrNull(body))?.ToJsonString() ?? body}".TrimEnd());
        }
    }

    private (int, string) Reply(HttpListenerRequest request, string path, string body)
    {
        var call = $"{request.HttpMethod} {path}";
        lock (Scripted)
        {
            if (Scripted.TryGetValue(call, out var scripted) && scripted.Count > 0) return scripted.Dequeue();
        }

        if (path.EndsWith("/auth/tokens", StringComparison.Ordinal))
            return request.HttpMethod == "DELETE" ? (204, "") : (201, _script["token"]!.ToJsonString());
        var json = JsonNodeOrNull(body) as JsonObject;
        if (Fixed(call, request, json) is { } answer)
            return answer is JsonValue ? (404, """{"itemNotFound": {"message": "not here", "code": 404}}""") : (200, answer.ToJsonString());
        return Collection(request, path, json);
    }

    private JsonNode? Fixed(string call, HttpListenerRequest request, JsonObject? body)
    {
        var answers = _script["fixed"]!.AsObject();
        var first = request.QueryString.AllKeys.FirstOrDefault();
        return answers[$"{call}?{first}"] ?? answers[$"{call} {body?.FirstOrDefault().Key}"] ?? answers[call];
    }

    private (int, string) Collection(HttpListenerRequest request, string path, JsonObject? body)
    {
        var collections = _script["collections"]!.AsObject();
        var isDetail = path.EndsWith("/detail", StringComparison.Ordinal);
        if (collections[isDetail ? path[..^7] : path] is JsonObject whole)
            return request.HttpMethod == "POST" ? (201, Created(whole, body)) : (200, Listed(whole, request));
        var cut = path.LastIndexOf('/');
        if (cut > 0 && collections[path[..cut]] is JsonObject owner)
        {
            var id = Uri.UnescapeDataString(path[(cut + 1)..]);
            var item = owner["items"]!.AsArray().FirstOrDefault(item => item![owner["id"]?.GetValue<string>() ?? "id"]!.ToString() == id);
            if (item is null) return (404, """{"itemNotFound": {"message": "Nothing of that id could be found.", "code": 404}}""");
            if (request.HttpMethod == "DELETE") return (204, "");
            return (200, Wrapped(owner, request.HttpMethod == "GET" ? item.DeepClone() : Merged(item, Inner(owner, body))));
        }

        return request.HttpMethod switch
        {
            "GET" or "HEAD" => (404, """{"itemNotFound": {"message": "The resource could not be found.", "code": 404}}"""),
            "POST" when body is not null && !path.EndsWith("/action", StringComparison.Ordinal) => (200, body.ToJsonString()),
            "POST" => (202, ""),
            "PUT" => (200, "{}"),
            _ => (204, ""),
        };
    }

    private static string Listed(JsonObject collection, HttpListenerRequest request)
    {
        var items = collection["items"]!.AsArray().Where(item => Matches(item!.AsObject(), request));
        var wraps = collection["wrap"] is not null;
        var key = collection["key"]!.GetValue<string>();
        return new JsonObject
        {
            [collection["plural"]!.GetValue<string>()] = new JsonArray([.. items.Select(item =>
                wraps ? new JsonObject { [key] = item!.DeepClone() } : item!.DeepClone())]),
        }.ToJsonString();
    }

    private static bool Matches(JsonObject item, HttpListenerRequest request) => request.QueryString.AllKeys.All(name =>
        name is null or "fields" or "status" or "sort" or "limit" || !item.ContainsKey(name)
        || item[name] is null or JsonArray or JsonObject || request.QueryString[name] == "None"
        || string.Equals(item[name]!.ToString(), request.QueryString[name]!.TrimStart('^').TrimEnd('$'), StringComparison.OrdinalIgnoreCase));

    private static string Created(JsonObject collection, JsonObject? body)
    {
        var template = collection["new"]!;
        return Wrapped(collection, collection["only"] is not null ? template.DeepClone() : Merged(template, Inner(collection, body)));
    }

    private static JsonObject? Inner(JsonObject collection, JsonObject? body) =>
        collection["key"]!.GetValue<string>() is { Length: > 0 } key ? body?[key] as JsonObject : body;

    private static JsonObject Merged(JsonNode item, JsonObject? changes)
    {
        var merged = item.DeepClone().AsObject();
        foreach (var (key, value) in changes ?? [])
        {
            if (value is not null) merged[key] = value.DeepClone();
        }

        return merged;
    }

    private static string Wrapped(JsonObject collection, JsonNode item) => collection["key"]!.GetValue<string>() is { Length: > 0 } key
        ? new JsonObject { [key] = item }.ToJsonString() : item.ToJsonString();

    private static JsonNode? JsonNodeOrNull(string text)
    {
        try
        {
            return text.Length == 0 ? null : JsonNode.Parse(text);
        }
        catch (System.Text.Json.JsonException)
        {
            return null;
        }
    }

    /// <summary>Keys in the order of the alphabet; and the python client's loose "20" or "true" for a disk as what they mean.</summary>
    private static JsonNode? Canonical(JsonNode? node) => node switch
    {
        JsonObject fields => new JsonObject(fields.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => KeyValuePair.Create(pair.Key,
            pair.Key is "mtu" or "volume_size" or "boot_index" or "delete_on_termination" && pair.Value is not null
                ? JsonNode.Parse(pair.Value.ToString().ToLowerInvariant()) : Canonical(pair.Value)))),
        JsonArray items => new JsonArray([.. items.Select(Canonical)]),
        _ => node?.DeepClone(),
    };
}
