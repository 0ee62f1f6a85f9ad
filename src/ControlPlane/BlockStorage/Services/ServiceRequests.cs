using System.Globalization;
using System.Text.Json;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.BlockStorage.Services;

/// <summary>os-services, os-hosts, os-availability-zone: the parts of this process under the names that Cinder's administrators know.</summary>
internal sealed class ServiceRequests(BlockStorageRoom room)
{
    private static readonly ObjectShape SwitchShape = Shape.Object(
        Member.Must("host", Shape.Text(1, 255)),
        Member.May("binary", Shape.Text(1, 255)),
        Member.May("service", Shape.Text(1, 255)),
        Member.May("disabled_reason", Shape.OrNull(Shape.Text(0, 255))));

    private static readonly ObjectShape HostShape = Shape.Object(Member.Must("host", Shape.Text(1, 255))).Open();

    private string HostOf(VolumeService service) =>
        service.Binary == VolumeServices.Volume ? $"{room.Parts.Options.HostName}@{BlockStorageRoom.Backend}" : room.Parts.Options.HostName;

    private List<VolumeService> Read(ApiRequest request)
    {
        var host = request.Query["host"].ToString();
        var binary = request.Query["binary"].ToString();
        return [.. room.Parts.Database.Read(VolumeServices.All)
            .Where(s => host.Length == 0 || HostOf(s) == host || HostOf(s).Split('@')[0] == host)
            .Where(s => binary.Length == 0 || s.Binary == binary)];
    }

    public Task<Reply> List(ApiRequest request)
    {
        var services = Read(request);
        return Task.FromResult(JsonWriting.Wrapped("services", json =>
        {
            json.WriteStartArray();
            foreach (var service in services) Write(json, request, service);
            json.WriteEndArray();
        }));
    }

    private void Write(Utf8JsonWriter json, ApiRequest request, VolumeService service)
    {
        json.WriteStartObject();
        json.WriteString("binary", service.Binary);
        json.WriteString("host", HostOf(service));
        json.WriteString("zone", BlockStorageRoom.Zone);
        json.WriteString("status", service.Disabled ? "disabled" : "enabled");
        json.WriteString("state", "up");
        // The process that answers is the one that the services are part of.
        json.WriteTime("updated_at", room.Parts.Time.GetUtcNow());
        json.WriteString("disabled_reason", service.DisabledReason);
        if (service.Binary == VolumeServices.Volume)
        {
            json.WriteString("replication_status", "disabled");
            json.WriteNull("active_backend_id");
            json.WriteBoolean("frozen", service.Frozen);
            if (request.At(3, 49)) json.WriteString("backend_state", "up");
        }
        if (request.At(3, 7)) json.WriteNull("cluster");
        json.WriteEndObject();
    }

    public Task<Reply> Enable(ApiRequest request) => Switch(request, disabled: false, withReason: false);

    public Task<Reply> Disable(ApiRequest request) => Switch(request, disabled: true, withReason: false);

    public Task<Reply> DisableWithReason(ApiRequest request) => Switch(request, disabled: true, withReason: true);

    private async Task<Reply> Switch(ApiRequest request, bool disabled, bool withReason)
    {
        var body = await request.Body();
        SwitchShape.Check(body, "body", request.Version);
        var host = body.GetText("host")!;
        var binary = body.GetText("binary") ?? body.GetText("service")
            ?? throw Fault.BadRequest("Missing required element 'binary' in request body.");
        var reason = withReason ? body.GetText("disabled_reason") : null;
        if (withReason && string.IsNullOrWhiteSpace(reason)) throw Fault.BadRequest("Disabled reason contains invalid characters or is too long");
        await room.Parts.Database.Write(tx =>
        {
            if (!VolumeServices.All(tx).Exists(s => s.Binary == binary && HostOf(s) == host))
                throw Fault.NotFound($"Service {binary.Truncated()} could not be found on host {host.Truncated()}.");
            tx.Execute($"UPDATE volume_services SET disabled = {disabled}, disabled_reason = {reason} WHERE binary_name = {binary}");
        });
        return Reply.Ok(json =>
        {
            json.WriteStartObject();
            json.WriteString("host", host);
            json.WriteString("service", body.GetText("service") ?? "");
            json.WriteString("binary", binary);
            json.WriteBoolean("disabled", disabled);
            json.WriteString("status", disabled ? "disabled" : "enabled");
            if (withReason || !disabled) json.WriteString("disabled_reason", reason);
            json.WriteEndObject();
        });
    }

    public Task<Reply> Freeze(ApiRequest request) => SetFrozen(request, frozen: true);

    public Task<Reply> Thaw(ApiRequest request) => SetFrozen(request, frozen: false);

    private async Task<Reply> SetFrozen(ApiRequest request, bool frozen)
    {
        var host = await Host(request);
        await room.Parts.Database.Write(tx =>
        {
            RequireBackend(host);
            tx.Execute($"UPDATE volume_services SET frozen = {frozen} WHERE binary_name = {VolumeServices.Volume}");
        });
        return Reply.Empty(200);
    }

    public async Task<Reply> FailOver(ApiRequest request)
    {
        RequireBackend(await Host(request));
        throw Fault.BadRequest("The backend has no replication target to fail over to.");
    }

    public async Task<Reply> Levels(ApiRequest request)
    {
        await request.Body();
        throw Fault.NotImplemented("Log levels are set where the daemon is started, not over the API.");
    }

    private static async Task<string> Host(ApiRequest request)
    {
        var body = await request.Body();
        HostShape.Check(body, "body", request.Version);
        return body.GetText("host")!;
    }

    private void RequireBackend(string host)
    {
        if (host.Split('#')[0] != BlockStorageRoom.HostOf(room.Parts).Split('#')[0])
            throw Fault.BadRequest($"Service cinder-volume could not be found on host {host.Truncated()}.");
    }

    public Task<Reply> Zones(ApiRequest request) => Task.FromResult(JsonWriting.Wrapped("availabilityZoneInfo", json =>
    {
        json.WriteStartArray();
        json.WriteStartObject();
        json.WriteStartObject("zoneState");
        json.WriteBoolean("available", true);
        json.WriteEndObject();
        json.WriteString("zoneName", BlockStorageRoom.Zone);
        json.WriteEndObject();
        json.WriteEndArray();
    }));

    public Task<Reply> Hosts(ApiRequest request)
    {
        // Clients take the first host for one that has volumes (openstacksdk's test of capabilities).
        var services = Read(request).OrderBy(s => s.Binary == VolumeServices.Volume ? 0 : 1);
        return Task.FromResult(JsonWriting.Wrapped("hosts", json =>
        {
            json.WriteStartArray();
            foreach (var service in services)
            {
                json.WriteStartObject();
                json.WriteString("host_name", HostOf(service));
                json.WriteString("service", service.Binary);
                json.WriteString("zone", BlockStorageRoom.Zone);
                json.WriteString("service-status", "available");
                json.WriteString("service-state", service.Disabled ? "disabled" : "enabled");
                json.WriteTime("last-update", room.Parts.Time.GetUtcNow());
                json.WriteEndObject();
            }
            json.WriteEndArray();
        }));
    }

    private sealed record HostShare(string Project, long Volumes, long VolumeGib, long Snapshots, long SnapshotGib);

    public Task<Reply> ShowHost(ApiRequest request)
    {
        if (request[0].Split('#')[0] != BlockStorageRoom.HostOf(room.Parts).Split('#')[0])
            throw Fault.NotFound($"Host {request[0].Truncated()} could not be found.");
        var shares = room.Parts.Database.Read(tx => tx.Query($"""
            SELECT p.project_id,
                (SELECT COUNT(*) FROM volumes v WHERE v.project_id = p.project_id), (SELECT COALESCE(SUM(size_gib), 0) FROM volumes v WHERE v.project_id = p.project_id),
                (SELECT COUNT(*) FROM snapshots s WHERE s.project_id = p.project_id), (SELECT COALESCE(SUM(size_gib), 0) FROM snapshots s WHERE s.project_id = p.project_id)
            FROM (SELECT DISTINCT project_id FROM volumes) p ORDER BY p.project_id
            """, row => new HostShare(row.Text(), row.Long(), row.Long(), row.Long(), row.Long())));
        var total = new HostShare("(total)", shares.Sum(s => s.Volumes), shares.Sum(s => s.VolumeGib), shares.Sum(s => s.Snapshots), shares.Sum(s => s.SnapshotGib));
        return Task.FromResult(JsonWriting.Wrapped("host", json =>
        {
            json.WriteStartArray();
            foreach (var share in shares.Prepend(total)) WriteShare(json, request[0], share);
            json.WriteEndArray();
        }));
    }

    private static void WriteShare(Utf8JsonWriter json, string host, HostShare share)
    {
        json.WriteStartObject();
        json.WriteStartObject("resource");
        json.WriteString("host", host);
        json.WriteString("project", share.Project);
        json.WriteString("volume_count", share.Volumes.ToString(CultureInfo.InvariantCulture));
        json.WriteString("total_volume_gb", share.VolumeGib.ToString(CultureInfo.InvariantCulture));
        json.WriteString("snapshot_count", share.Snapshots.ToString(CultureInfo.InvariantCulture));
        json.WriteString("total_snapshot_gb", share.SnapshotGib.ToString(CultureInfo.InvariantCulture));
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
