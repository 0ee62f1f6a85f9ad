using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Tests.Identity;
using Cumulet.ControlPlane.Tests.Images;

namespace Cumulet.ControlPlane.Tests.Policies;

/// <summary>
/// What one persona asks about: a project with one thing of every kind (world.txt), which it may change and delete without the other
/// personas' seeing it. Says what stands in a route's path (places.txt) and what is sent to it (bodies.txt).
/// </summary>
internal sealed class MatrixWorld(TestCloud cloud, string persona)
{
    private sealed record Place(string Id, bool IsOwn);

    // Said by whoever would like to be an administrator: none of it may count.
    private static readonly (string Name, string Value)[] ForgedHeaders =
    [
        ("X-Identity-Status", "Confirmed"), ("X-Roles", "admin"), ("X-Role", "admin"), ("X-Is-Admin-Project", "True"), ("X-Service-Roles", "service"),
    ];

    private static int _number;
    private static readonly Dictionary<string, Place> Places = Lines("places.txt", 4).ToDictionary(p => $"{p[0]} {p[1]}", p => new Place(p[2], p[3] == "own"));
    private static readonly Dictionary<string, string> Bodies = Lines("bodies.txt", 4).ToDictionary(b => $"{b[0]} {b[1]} {b[2]}", b => b[3]);
    private readonly Dictionary<string, string> _ids = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HttpClient> _makers = new(StringComparer.Ordinal);

    /// <summary>The ids of what belongs to project A.</summary>
    public IEnumerable<string> OwnIds => Places.Values.Where(p => p.IsOwn).Select(p => Filled(p.Id)).Where(id => id.Length >= 32).Distinct();

    public async Task Make()
    {
        var admin = Client(await cloud.As("admin"));
        _makers["admin"] = admin;
        _ids["~"] = persona;
        _ids["number"] = $"{Interlocked.Increment(ref _number) + 10}";
        _ids["member"] = await admin.RoleId("member");
        _ids["first"] = cloud.First.AdminUserId;
        foreach (var (name, path, at) in ((string, string, string)[])
        [
            ("public", "/network/v2.0/networks?router:external=true", "networks.0.id"), ("agent", "/network/v2.0/agents", "agents.0.id"),
            ("hypervisor", "/compute/v2.1/os-hypervisors", "hypervisors.0.id"), ("compute", "/compute/v2.1/os-services", "services.0.id"),
        ]) _ids[name] = At(await Must(admin, "GET", path, ""), at);
        foreach (var line in Lines("world.txt", 5)) await Make(line);
    }

    /// <summary>The persona's own client, with headers that it forged.</summary>
    public async Task<HttpClient> Persona()
    {
        var client = persona switch
        {
            "admin" => Client(await cloud.As("admin")),
            "manager" or "member" or "reader" => await User(persona, persona, "A"),
            _ => await User(persona, persona == "service" ? "service" : persona[6..], "B"),
        };
        foreach (var (name, value) in ForgedHeaders) client.DefaultRequestHeaders.Add(name, value);
        client.DefaultRequestHeaders.Add("X-Project-Id", _ids["project"]);
        client.DefaultRequestHeaders.Add("X-User-Id", _ids["owner"]);
        return client;
    }

    private async Task Make(string[] line)
    {
        if (line is not [var name, var who, var what, var at, var body]) throw new FormatException(string.Join(' ', line));
        var (method, path) = what.Split(' ') is [var m, var p] ? (m, Filled(p)) : throw new FormatException(what);
        if (who == "manager" && !_makers.ContainsKey(who)) _makers[who] = await User("maker", "manager", "A");
        if (who == "owner" && !_makers.ContainsKey(who)) _makers[who] = Client(await cloud.As($"owner-{persona}/A-{persona}"));
        if (name == "until")
        {
            await Eventually.Holds(async () => At(await Must(_makers[who], method, path, ""), at) == body);
            return;
        }
        var answer = await Must(_makers[who], method, path, Filled(body));
        if (name != "-") _ids[name] = At(answer, at);
        if (name == "port2") _ids["address2"] = At(answer, "port.fixed_ips.0.ip_address");
    }

    private async Task<HttpClient> User(string name, string role, string project)
    {
        var admin = _makers["admin"];
        await admin.MakeUser($"{name}-in-{project}-{persona}", _ids[project == "A" ? "project" : "other"], role);
        return Client(await cloud.As($"{name}-in-{project}-{persona}/{project}-{persona}"));
    }

    private static HttpClient Client(HttpClient client)
    {
        client.DefaultRequestHeaders.Add("OpenStack-API-Version", ["volume 3.71, compute 2.90, placement 1.39"]);
        return client;
    }

    private static async Task<JsonElement> Must(HttpClient client, string method, string path, string body)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = Content(body) };
        using var answer = await client.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode || answer.StatusCode == HttpStatusCode.MultipleChoices, $"{method} {path} {body}: {(int)answer.StatusCode} {text}");
        return text.StartsWith('{') ? JsonDocument.Parse(text).RootElement : default;
    }

    private static HttpContent? Content(string body) => body switch
    {
        "" => null,
        "bytes" => new ByteArrayContent(new byte[1 << 16]) { Headers = { ContentType = new("application/octet-stream") } },
        "[]" => new ByteArrayContent("[]"u8.ToArray()) { Headers = { ContentType = new("application/openstack-images-v2.1-json-patch") } },
        _ => TestCloud.Body(body),
    };

    private static string At(JsonElement answer, string path)
    {
        foreach (var part in path.Split('.')) answer = int.TryParse(part, out var index) ? answer[index] : answer.GetProperty(part);
        return answer.ToString();
    }

    private string Filled(string text)
    {
        foreach (var (name, id) in _ids) text = text.Replace($"{{{name}}}", id);
        return text;
    }

    /// <summary>The request that asks for a route, and whether it is about something of project A.</summary>
    public (HttpRequestMessage Request, bool IsAboutOwn) Ask(ServiceApi api, Route route)
    {
        var (path, own) = PathOf(api, route);
        if (route.Pattern is "usages" or "v2.1/os-migrations")
        {
            own = true;
            path += $"?project_id={_ids["project"]}";
        }
        var request = new HttpRequestMessage(new HttpMethod(route.Method), path) { Content = Content(Filled(Body(api, route))) };
        if (route.Pattern == "v3/auth/tokens")
        {
            own = true;
            request.Headers.Add("X-Subject-Token", _makers["owner"].DefaultRequestHeaders.GetValues("X-Auth-Token"));
        }
        if (api.Microversions is { } range) request.Headers.Add(MicroversionRange.Header, $"{range.ServiceType} {route.Last ?? range.Max}");
        return (request, own);
    }

    /// <summary>The path of something that is there, and whether it is project A's.</summary>
    public (string Path, bool IsOwn) PathOf(ServiceApi api, Route route)
    {
        var segments = route.Pattern.Split('/', StringSplitOptions.RemoveEmptyEntries);
        var own = false;
        for (var i = 0; i < segments.Length; i++)
        {
            if (segments[i][0] != '{') continue;
            if (!Places.TryGetValue($"{api.Name} {segments[i - 1]}", out var place)) continue;
            segments[i] = Uri.EscapeDataString(Filled(place.Id));
            own |= place.IsOwn;
        }
        var path = $"/{api.Mount}/{string.Join('/', segments)}";
        Assert.False(path.Contains('{'), $"{api.Name} {route.Pattern}: places.txt does not know what stands there");
        return (path, own);
    }

    private static string Body(ServiceApi api, Route route)
    {
        if (route.Method is "GET" or "HEAD" or "DELETE") return "";
        var form = string.Join('/', route.Pattern.Split('/').Select(s => s.StartsWith('{') ? "{}" : s));
        if (route.ActionKey is { } key) return Bodies.GetValueOrDefault($"{api.Name} {route.Method} {form} {key}", $$"""{"{{key}}":null}""");
        if (form is "v2/images/{}/file" or "v2/images/{}/stage") return "bytes";
        if (api.Name == "network" && form.EndsWith("/{}/tags", StringComparison.Ordinal)) form = "v2.0/{}/{}/tags";
        // Who owns it is said by rows alone: a body that claims it changes nothing at the door.
        return Bodies.GetValueOrDefault($"{api.Name} {route.Method} {form}",
            """{"project_id":"{project}","tenant_id":"{project}","user_id":"{owner}","target":{"project_id":"{project}","user_id":"{owner}"}}""");
    }

    private static IEnumerable<string[]> Lines(string name, int parts) => PolicyData.Lines(name).Select(line => line.Split('\t')).Select(line =>
        line.Length == parts ? line : throw new FormatException($"{name}: {string.Join(' ', line)}"));
}

/// <summary>The tables beside these tests.</summary>
internal static class PolicyData
{
    public static IEnumerable<string> Lines(string name) => File.ReadLines(Path.Combine(Folder(), name)).Where(line => line is not ([] or ['#', ..]));

    private static string Folder([CallerFilePath] string here = "") => Path.GetDirectoryName(here)!;
}
