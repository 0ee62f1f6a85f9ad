using System.Text.Json;
using Cumulet.ControlPlane.Api;

namespace Cumulet.ControlPlane.Compute.Proxies;

/// <summary>Cinder's volumes and snapshots in Nova's older words.</summary>
internal sealed class VolumeProxy(Neighbours neighbours)
{
    private static readonly Shape NewVolume = Shape.Object(
        Member.Must("size", Shape.Integer(1)), Member.May("display_name", Shape.OrNull(Shape.Text(0, 255))),
        Member.May("display_description", Shape.OrNull(Shape.Text(0, 255))), Member.May("volume_type", Shape.OrNull(Shape.Text(0, 255))),
        Member.May("availability_zone", Shape.OrNull(Shape.Text(0, 255))), Member.May("snapshot_id", Shape.OrNull(Shape.Text(0, 64))),
        Member.May("metadata", Shape.OrNull(Shape.AnyObject)));

    private static readonly Shape NewSnapshot = Shape.Object(
        Member.Must("volume_id", Shape.Text(1, 64)), Member.May("display_name", Shape.OrNull(Shape.Text(0, 255))),
        Member.May("display_description", Shape.OrNull(Shape.Text(0, 255))), Member.May("force", Shape.Flag));

    public static void Map(RouteTable routes, Neighbours neighbours)
    {
        var proxy = new VolumeProxy(neighbours);
        const string volumes = "os_compute_api:os-volumes:";
        routes.Get("v2.1/os-volumes", volumes + "list", r => proxy.List(r, "volumes", WriteVolume)).Until(2, 35);
        routes.Get("v2.1/os-volumes/detail", volumes + "detail", r => proxy.List(r, "volumes", WriteVolume)).Until(2, 35);
        routes.Post("v2.1/os-volumes", volumes + "create", proxy.CreateVolume).Until(2, 35);
        routes.Get("v2.1/os-volumes/{id}", volumes + "show", r => proxy.Show(r, "volumes", "volume", WriteVolume)).Until(2, 35);
        routes.Delete("v2.1/os-volumes/{id}", volumes + "delete", r => proxy.Delete(r, "volumes")).Until(2, 35);
        const string snapshots = "os_compute_api:os-volumes:snapshots:";
        routes.Get("v2.1/os-snapshots", snapshots + "list", r => proxy.List(r, "snapshots", WriteSnapshot)).Until(2, 35);
        routes.Get("v2.1/os-snapshots/detail", snapshots + "detail", r => proxy.List(r, "snapshots", WriteSnapshot)).Until(2, 35);
        routes.Post("v2.1/os-snapshots", snapshots + "create", proxy.CreateSnapshot).Until(2, 35);
        routes.Get("v2.1/os-snapshots/{id}", snapshots + "show", r => proxy.Show(r, "snapshots", "snapshot", WriteSnapshot)).Until(2, 35);
        routes.Delete("v2.1/os-snapshots/{id}", snapshots + "delete", r => proxy.Delete(r, "snapshots")).Until(2, 35);
    }

    private static string Path(ApiRequest request, string rest) => $"volume/v3/{request.ProjectId}/{rest}";

    private async Task<Reply> List(ApiRequest request, string collection, Action<Utf8JsonWriter, JsonElement> write)
    {
        var answer = await neighbours.Call(request, "GET", Path(request, $"{collection}/detail"));
        var items = ShortList.Slice(request, [.. answer.GetItems(collection)]);
        return Reply.Ok(json =>
        {
            json.WriteStartObject();
            json.WriteStartArray(collection);
            foreach (var item in items) write(json, item);
            json.WriteEndArray();
            json.WriteEndObject();
        });
    }

    private async Task<Reply> Show(ApiRequest request, string collection, string member, Action<Utf8JsonWriter, JsonElement> write) =>
        One(member, (await neighbours.Call(request, "GET", Path(request, $"{collection}/{Uri.EscapeDataString(request[0])}"))).GetProperty(member), write);

    private async Task<Reply> Delete(ApiRequest request, string collection)
    {
        await neighbours.Call(request, "DELETE", Path(request, $"{collection}/{Uri.EscapeDataString(request[0])}"));
        return Reply.Empty(202);
    }

    private async Task<Reply> CreateVolume(ApiRequest request)
    {
        var body = await request.Body("volume", NewVolume);
        var made = await neighbours.Call(request, "POST", Path(request, "volumes"), json =>
        {
            json.WriteStartObject();
            json.WriteStartObject("volume");
            json.WriteNumber("size", body.GetLong("size")!.Value);
            Text(json, "name", body.GetText("display_name"));
            Text(json, "description", body.GetText("display_description"));
            Text(json, "volume_type", body.GetText("volume_type"));
            Text(json, "availability_zone", body.GetText("availability_zone"));
            Text(json, "snapshot_id", body.GetText("snapshot_id"));
            json.WriteStartObject("metadata");
            foreach (var (name, value) in body.GetMap("metadata")) json.WriteString(name, value);
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteEndObject();
        });
        return One("volume", made.GetProperty("volume"), WriteVolume);
    }

    private async Task<Reply> CreateSnapshot(ApiRequest request)
    {
        var body = await request.Body("snapshot", NewSnapshot);
        var made = await neighbours.Call(request, "POST", Path(request, "snapshots"), json =>
        {
            json.WriteStartObject();
            json.WriteStartObject("snapshot");
            json.WriteString("volume_id", body.GetText("volume_id"));
            Text(json, "name", body.GetText("display_name"));
            Text(json, "description", body.GetText("display_description"));
            json.WriteBoolean("force", body.GetFlag("force") ?? false);
            json.WriteEndObject();
            json.WriteEndObject();
        });
        return One("snapshot", made.GetProperty("snapshot"), WriteSnapshot);
    }

    private static Reply One(string member, JsonElement item, Action<Utf8JsonWriter, JsonElement> write) => Reply.Ok(json =>
    {
        json.WriteStartObject();
        json.WritePropertyName(member);
        write(json, item);
        json.WriteEndObject();
    });

    private static void Text(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null) json.WriteString(name, value);
    }

    private static void WriteVolume(Utf8JsonWriter json, JsonElement volume)
    {
        json.WriteStartObject();
        json.WriteString("id", volume.GetText("id"));
        json.WriteString("status", volume.GetText("status"));
        json.WriteNumber("size", volume.GetLong("size") ?? 0);
        json.WriteString("availabilityZone", volume.GetText("availability_zone"));
        json.WriteString("createdAt", volume.GetText("created_at"));
        json.WriteString("displayName", volume.GetText("name"));
        json.WriteString("displayDescription", volume.GetText("description"));
        json.WriteString("volumeType", volume.GetText("volume_type"));
        json.WriteString("snapshotId", volume.GetText("snapshot_id"));
        json.WriteStartArray("attachments");
        // One, as from the time before volumes could have several; an empty object where there is none.
        json.WriteStartObject();
        foreach (var attachment in volume.GetItems("attachments").Take(1))
        {
            json.WriteString("id", volume.GetText("id"));
            json.WriteString("volumeId", volume.GetText("id"));
            json.WriteString("serverId", attachment.GetText("server_id"));
            Text(json, "device", attachment.GetText("device"));
        }
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteStartObject("metadata");
        foreach (var (name, value) in volume.GetMap("metadata")) json.WriteString(name, value);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteSnapshot(Utf8JsonWriter json, JsonElement snapshot)
    {
        json.WriteStartObject();
        json.WriteString("id", snapshot.GetText("id"));
        json.WriteString("volumeId", snapshot.GetText("volume_id"));
        json.WriteString("status", snapshot.GetText("status"));
        json.WriteNumber("size", snapshot.GetLong("size") ?? 0);
        json.WriteString("createdAt", snapshot.GetText("created_at"));
        json.WriteString("displayName", snapshot.GetText("name"));
        json.WriteString("displayDescription", snapshot.GetText("description"));
        json.WriteEndObject();
    }
}
