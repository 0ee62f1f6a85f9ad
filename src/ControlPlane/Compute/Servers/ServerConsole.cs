using System.Collections.Concurrent;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Compute.Hypervisor;

namespace Cumulet.ControlPlane.Compute.Servers;

/// <summary>What a guest says and shows: its serial log, and its screen behind a token that counts for ten minutes.</summary>
internal sealed class ServerConsole(CloudParts parts, IHypervisor hypervisor)
{
    private static readonly TimeSpan TokenLife = TimeSpan.FromMinutes(10);

    private static readonly Shape Output = Shape.OrNull(Shape.Object(Member.May("length", Shape.OrNull(Shape.Integer(-1)))));
    private static readonly Shape Old = Shape.Object(Member.Must("type", Shape.OneOf("novnc", "xvpvnc")));
    private static readonly Shape Remote = Shape.Object(
        Member.Must("protocol", Shape.OneOf("vnc", "spice", "rdp", "serial", "mks")),
        Member.Must("type", Shape.OneOf("novnc", "xvpvnc", "spice-html5", "rdp-html5", "serial", "webmks", "spice-direct")));

    private readonly ConcurrentDictionary<string, (Guid Server, DateTimeOffset Until)> _tokens = new();

    public async Task<Reply> Log(ApiRequest request)
    {
        var body = (await request.Body()).GetProperty("os-getConsoleOutput");
        Output.Check(body, "os-getConsoleOutput", request.Version);
        var server = parts.Database.Read(tx => ServerStore.Get(tx, request.Caller, request[0]));
        if (server is { VmState: VmState.Building } || server.Host is null) throw Fault.Conflict($"Instance {server.Id} is not ready");
        var lines = body.GetInt("length") is { } length and >= 0 ? length : (int?)null;
        var text = await hypervisor.ConsoleLog(Guid.Parse(server.Id), lines, request.Cancel);
        return Reply.Ok(json =>
        {
            json.WriteStartObject();
            json.WriteString("output", Printable(text));
            json.WriteEndObject();
        });
    }

    // JSON readers choke on other control characters; terminals need the escape.
    private static string Printable(string text) =>
        string.Concat(text.Where(c => c is '\n' or '\r' or '\t' or '\u001b' || !char.IsControl(c)));

    public async Task<Reply> OldUrl(ApiRequest request)
    {
        var type = (await request.Body("os-getVNCConsole", Old)).GetText("type")!;
        if (type != "novnc") throw Fault.BadRequest($"Unavailable console type {type}: this cloud has novnc.");
        var url = Url(request);
        return Reply.Ok(json =>
        {
            json.WriteStartObject();
            json.WriteStartObject("console");
            json.WriteString("type", type);
            json.WriteString("url", url);
            json.WriteEndObject();
            json.WriteEndObject();
        });
    }

    public async Task<Reply> RemoteUrl(ApiRequest request)
    {
        var wanted = await request.Body("remote_console", Remote);
        var (protocol, type) = (wanted.GetText("protocol")!, wanted.GetText("type")!);
        if ((protocol, type) is not ("vnc", "novnc")) throw Fault.BadRequest($"Unavailable console type {type}: this cloud has protocol vnc, type novnc.");
        var url = Url(request);
        return Reply.Ok(json =>
        {
            json.WriteStartObject();
            json.WriteStartObject("remote_console");
            json.WriteString("protocol", protocol);
            json.WriteString("type", type);
            json.WriteString("url", url);
            json.WriteEndObject();
            json.WriteEndObject();
        });
    }

    private string Url(ApiRequest request)
    {
        var server = parts.Database.Read(tx => ServerStore.Get(tx, request.Caller, request[0]));
        if (server is not { VmState: VmState.Active or VmState.Paused }) throw Fault.Conflict($"Instance {server.Id} is not ready");
        var now = parts.Time.GetUtcNow();
        foreach (var (old, entry) in _tokens) if (entry.Until < now) _tokens.TryRemove(old, out _);
        var token = Guid.NewGuid().ToString();
        _tokens[token] = (Guid.Parse(server.Id), now + TokenLife);
        var http = request.Http.Request;
        return $"{http.Scheme}://{http.Host}{Screen.ConsolePage.Path}?path={Uri.EscapeDataString($"console/socket?token={token}")}";
    }

    /// <summary>The screen behind a token, or null where the token does not count.</summary>
    public async Task<Stream?> Open(string token, CancellationToken cancel) =>
        _tokens.TryGetValue(token, out var entry) && entry.Until >= parts.Time.GetUtcNow()
            ? await hypervisor.OpenScreen(entry.Server, cancel)
            : null;
}
