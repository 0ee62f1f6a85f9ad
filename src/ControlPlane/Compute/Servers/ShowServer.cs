using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Compute.Servers;

/// <summary>GET and PUT /servers/ID, and the answers of everything that shows one server.</summary>
internal sealed class ShowServer(CloudParts parts, ServerViews views)
{
    private static readonly Shape Update = Shape.Object(
        Member.May("name", Shape.Name()),
        Member.May("OS-DCF:diskConfig", Shape.OneOf("AUTO", "MANUAL")),
        Member.May("accessIPv4", Shape.OrNull(Shape.Text(0, 45))),
        Member.May("accessIPv6", Shape.OrNull(Shape.Text(0, 45))),
        Member.May("description", Shape.OrNull(Shape.Text(0, 255))).Since(2, 19),
        Member.May("hostname", Shape.Text(1, 63, @"^[a-zA-Z0-9\-]+$")).Since(2, 90).Until(2, 93),
        Member.May("hostname", Shape.Text(1, 255, @"^[a-zA-Z0-9\-.]+$")).Since(2, 94));

    public Task<Reply> Get(ApiRequest request)
    {
        var view = parts.Database.Read(tx => views.One(tx, ServerStore.Get(tx, request.Caller, request[0])));
        return Task.FromResult(Answer(request, view, ServerForm.Show));
    }

    public async Task<Reply> Put(ApiRequest request)
    {
        var body = await request.Body("server", Update);
        foreach (var (name, family) in (ReadOnlySpan<(string, System.Net.Sockets.AddressFamily)>)[
            ("accessIPv4", System.Net.Sockets.AddressFamily.InterNetwork), ("accessIPv6", System.Net.Sockets.AddressFamily.InterNetworkV6)])
            if (body.GetText(name) is { Length: > 0 } text && !(System.Net.IPAddress.TryParse(text, out var address) && address.AddressFamily == family))
                throw Fault.BadRequest($"Invalid input for field/attribute {name}. Value: {text}. '{text}' is not an address of that family");
        var view = await parts.Database.Write(tx =>
        {
            var server = ServerGuard.Unlocked(tx, request, request[0]);
            tx.Execute($"""
                UPDATE servers SET name = {body.GetText("name")?.Trim() ?? server.Name}, disk_config = {body.GetText("OS-DCF:diskConfig") ?? server.DiskConfig},
                    access_ip_v4 = {(body.Has("accessIPv4") ? body.GetText("accessIPv4") : server.AccessIpV4)},
                    access_ip_v6 = {(body.Has("accessIPv6") ? body.GetText("accessIPv6") : server.AccessIpV6)},
                    description = {(body.Has("description") ? body.GetText("description") : server.Description)},
                    hostname = {body.GetText("hostname") ?? server.HostName}, updated_at = {parts.Time.GetUtcNow()}
                WHERE id = {server.Id}
                """);
            return views.One(tx, ServerStore.Get(tx, request.Caller, request[0]));
        });
        return Answer(request, view, ServerForm.Update);
    }

    public static Reply Answer(ApiRequest request, ServerView view, ServerForm form, int status = 200)
    {
        var rights = ServerRights.Of(request);
        return Reply.Json(status, json =>
        {
            json.WriteStartObject();
            json.WriteStartObject("server");
            ServerJson.WriteMembers(json, view, request, form, rights);
            json.WriteEndObject();
            json.WriteEndObject();
        });
    }
}
