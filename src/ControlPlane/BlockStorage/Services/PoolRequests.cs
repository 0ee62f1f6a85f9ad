using System.Text.Json;
using Cumulet.ControlPlane.Api;

namespace Cumulet.ControlPlane.BlockStorage.Services;

/// <summary>
/// What the backend can do and has left: scheduler-stats/get_pools, capabilities; and what a cloud of one backend has none
/// of: clusters, workers to be cleaned up.
/// </summary>
internal sealed class PoolRequests(BlockStorageRoom room)
{
    private const double Gib = 1L << 30;

    public Task<Reply> Pools(ApiRequest request)
    {
        var name = BlockStorageRoom.HostOf(room.Parts);
        var wanted = request.Query["name"].ToString();
        var detail = ProjectRows.Flag(request, "detail") == true;
        if (request.At(3, 28) && request.Query["volume_type"].ToString() is { Length: > 0 } type
            && room.Parts.Database.Read(tx => VolumeTypes.VolumeTypeStore.FindFor(tx, type, null, all: true)) is null)
            throw BlockStorageFault.NoType(type);
        return Task.FromResult(JsonWriting.Wrapped("pools", json =>
        {
            json.WriteStartArray();
            if (wanted.Length == 0 || wanted == name)
            {
                json.WriteStartObject();
                json.WriteString("name", name);
                if (detail) WriteCapabilities(json, name);
                json.WriteEndObject();
            }
            json.WriteEndArray();
        }));
    }

    private void WriteCapabilities(Utf8JsonWriter json, string name)
    {
        var (space, capacity) = (room.Parts.Database.Read(room.Layers.Space), room.Layers.Capacity());
        json.WriteStartObject("capabilities");
        json.WriteTime("timestamp", room.Parts.Time.GetUtcNow());
        json.WriteString("pool_name", BlockStorageRoom.Backend);
        json.WriteString("volume_backend_name", BlockStorageRoom.Backend);
        json.WriteString("location_info", name);
        json.WriteString("storage_protocol", BackendCapabilities.Protocol);
        json.WriteString("driver_version", "1.0");
        json.WriteString("vendor_name", BackendCapabilities.Vendor);
        json.WriteNumber("total_capacity_gb", Math.Round(space.Total / Gib, 2));
        json.WriteNumber("free_capacity_gb", Math.Round(space.Free / Gib, 2));
        json.WriteNumber("allocated_capacity_gb", Math.Round(capacity.Allocated / Gib, 2));
        json.WriteNumber("provisioned_capacity_gb", Math.Round(space.Provisioned / Gib, 2));
        json.WriteNumber("reserved_percentage", (int)Math.Ceiling(100.0 * space.Reserved / space.Total));
        json.WriteString("max_over_subscription_ratio", space.Ratio.ToString("0.0##", System.Globalization.CultureInfo.InvariantCulture));
        json.WriteBoolean("thin_provisioning_support", true);
        json.WriteBoolean("thick_provisioning_support", false);
        json.WriteBoolean("multiattach", true);
        json.WriteBoolean("QoS_support", false);
        json.WriteString("backend_state", "up");
        json.WriteEndObject();
    }

    public Task<Reply> Capabilities(ApiRequest request)
    {
        if (request[0].Split('#')[0] != BlockStorageRoom.HostOf(room.Parts).Split('#')[0])
            throw Fault.NotFound($"Service cinder-volume could not be found on host {request[0].Truncated()}.");
        return Task.FromResult(Reply.Ok(json =>
        {
            json.WriteStartObject();
            json.WriteString("namespace", $"OS::Storage::Capabilities::{request[0]}");
            json.WriteString("vendor_name", BackendCapabilities.Vendor);
            json.WriteString("volume_backend_name", BlockStorageRoom.Backend);
            json.WriteString("pool_name", BlockStorageRoom.Backend);
            json.WriteString("driver_version", "1.0");
            json.WriteString("storage_protocol", BackendCapabilities.Protocol);
            json.WriteString("display_name", "Layers of the local pool");
            json.WriteString("description", "Every volume is an overlay on sealed layers.");
            json.WriteString("visibility", "public");
            json.WriteStartArray("replication_targets");
            json.WriteEndArray();
            json.WriteStartObject("properties");
            WriteProperty(json, "thin_provisioning", "Thin Provisioning", "Sets thin provisioning.");
            WriteProperty(json, "multiattach", "Multiattach", "Lets several servers write to a volume.");
            json.WriteEndObject();
            json.WriteEndObject();
        }));
    }

    private static void WriteProperty(Utf8JsonWriter json, string name, string title, string description)
    {
        json.WriteStartObject(name);
        json.WriteString("title", title);
        json.WriteString("description", description);
        json.WriteString("type", "boolean");
        json.WriteEndObject();
    }

    public Task<Reply> NoClusters(ApiRequest request) => Task.FromResult(Empty("clusters"));

    public Task<Reply> NoCluster(ApiRequest request) => throw Fault.NotFound($"Cluster {request[0].Truncated()} could not be found.");

    private static readonly Shape ClusterShape = Shape.Object(
        Member.Must("name", Shape.Text(1, 255)), Member.May("binary", Shape.OneOf("cinder-volume", "cinder-scheduler", "cinder-backup")),
        Member.May("disabled_reason", Shape.OrNull(Shape.Text(1, 255))));

    public async Task<Reply> SwitchCluster(ApiRequest request)
    {
        var body = await request.Body();
        ClusterShape.Check(body, "body", request.Version);
        var name = body.GetText("name")!;
        throw Fault.NotFound($"Cluster {name.Truncated()} could not be found.");
    }

    public Task<Reply> RefuseCleanup(ApiRequest request) => throw Fault.NotImplemented(
        "There are no workers to clean up after: what was interrupted is taken up again when the daemon starts.");

    private static Reply Empty(string member) => JsonWriting.Wrapped(member, json =>
    {
        json.WriteStartArray();
        json.WriteEndArray();
    });

    public Task<Reply> ResourceFilters(ApiRequest request)
    {
        var wanted = request.Query["resource"].ToString();
        return Task.FromResult(JsonWriting.Wrapped("resource_filters", json =>
        {
            json.WriteStartArray();
            foreach (var (resource, filters) in FilterRules.Allowed.Where(f => wanted.Length == 0 || f.Key == wanted))
            {
                json.WriteStartObject();
                json.WriteString("resource", resource);
                json.WriteStartArray("filters");
                foreach (var filter in filters) json.WriteStringValue(filter);
                json.WriteEndArray();
                json.WriteEndObject();
            }
            json.WriteEndArray();
        }));
    }
}
