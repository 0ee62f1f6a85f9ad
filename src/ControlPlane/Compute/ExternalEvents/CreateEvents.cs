using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Compute.ExternalEvents;

/// <summary>
/// Events that other services tell Nova about servers. Networks and volumes of this cloud tell Compute inside the process;
/// what comes here is checked and acknowledged as Nova does, each event with a code of its own.
/// </summary>
internal sealed class CreateEvents(Database database)
{
    private static readonly string[] Names =
        ["network-changed", "network-vif-plugged", "network-vif-unplugged", "network-vif-deleted"];

    private static readonly Shape Status = Shape.OneOf("failed", "completed", "in-progress");

    private static readonly Shape Event = Shape.Object(
        Member.Must("server_uuid", Shape.Uuid),
        Member.Must("name", Shape.OneOf([.. Names])).Until(2, 50),
        Member.Must("name", Shape.OneOf([.. Names, "volume-extended"])).Since(2, 51).Until(2, 75),
        Member.Must("name", Shape.OneOf([.. Names, "volume-extended", "power-update"])).Since(2, 76).Until(2, 81),
        Member.Must("name", Shape.OneOf([.. Names, "volume-extended", "power-update", "accelerator-request-bound"])).Since(2, 82).Until(2, 92),
        Member.Must("name", Shape.OneOf([.. Names, "volume-extended", "power-update", "accelerator-request-bound", "volume-reimaged"])).Since(2, 93),
        Member.May("status", Status),
        Member.May("tag", Shape.Text(0, 255)));

    private static readonly Shape Events = Shape.Object(Member.Must("events", Shape.List(Event, min: 1)));

    public static void Map(RouteTable routes, Database database) => routes.Post(
        "v2.1/os-server-external-events", "os_compute_api:os-server-external-events:create", new CreateEvents(database).Handle);

    private async Task<Reply> Handle(ApiRequest request)
    {
        var body = await request.Body();
        Events.Check(body, "body", request.Version);
        var events = body.GetItems("events").ToList();
        var ids = events.Select(e => e.GetText("server_uuid")!).Distinct().ToList();
        var hosts = database.Read(tx => tx.Query($"SELECT id, host FROM servers WHERE deleted = 0 AND id IN {ids}",
            row => (Id: row.Text(), Host: row.TextOrNull()))).ToDictionary(s => s.Id, s => s.Host, StringComparer.Ordinal);
        var codes = events.ConvertAll(e => Code(e.GetText("name")!, e.GetText("tag"), e.GetText("server_uuid")!, hosts));
        return Reply.Json(codes.All(c => c == 200) ? 200 : 207, json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("events");
            foreach (var (item, code) in events.Zip(codes))
            {
                json.WriteStartObject();
                json.WriteString("name", item.GetText("name"));
                json.WriteString("server_uuid", item.GetText("server_uuid"));
                json.WriteString("status", code == 200 ? "completed" : "failed");
                if (item.Has("tag")) json.WriteString("tag", item.GetText("tag"));
                json.WriteNumber("code", code);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        });
    }

    private static int Code(string name, string? tag, string server, Dictionary<string, string?> hosts)
    {
        if (!hosts.TryGetValue(server, out var host)) return 404;
        if (tag is null && name is ("volume-extended" or "volume-reimaged" or "power-update" or "accelerator-request-bound")) return 400;
        return host is null ? 422 : 200;
    }
}
