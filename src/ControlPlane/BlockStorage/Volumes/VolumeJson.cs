using System.Text.Json;
using Cumulet.ControlPlane.Api;

namespace Cumulet.ControlPlane.BlockStorage.Volumes;

/// <summary>A volume as the API shows it, each attribute at its microversion.</summary>
internal static class VolumeJson
{
    public static void WriteSummary(Utf8JsonWriter json, ApiRequest request, VolumeRecord volume)
    {
        json.WriteStartObject();
        json.WriteString("id", volume.Id);
        json.WriteString("name", volume.Name);
        json.WriteLinks(request, $"volumes/{volume.Id}");
        json.WriteEndObject();
    }

    /// <param name="extended">With the attributes that Cinder's extensions add to show and detail, not to the answer of a create.</param>
    public static void WriteDetail(Utf8JsonWriter json, ApiRequest request, VolumeDetails details, bool extended)
    {
        var volume = details.Volume;
        json.WriteStartObject();
        json.WriteString("id", volume.Id);
        json.WriteString("status", volume.Status);
        json.WriteNumber("size", volume.SizeGib);
        json.WriteString("availability_zone", volume.AvailabilityZone);
        json.WriteTime("created_at", volume.CreatedAt);
        json.WriteTime("updated_at", volume.UpdatedAt);
        json.WriteString("name", volume.Name);
        json.WriteString("description", volume.Description);
        json.WriteString("volume_type", details.TypeName);
        json.WriteString("snapshot_id", volume.SnapshotId);
        json.WriteString("source_volid", volume.SourceVolumeId);
        json.WriteMap("metadata", details.Metadata);
        json.WriteLinks(request, $"volumes/{volume.Id}");
        json.WriteString("user_id", volume.UserId);
        json.WriteString("bootable", volume.Bootable ? "true" : "false");
        json.WriteBoolean("encrypted", volume.EncryptionKeyId is not null);
        json.WriteNull("replication_status");
        json.WriteNull("consistencygroup_id");
        json.WriteBoolean("multiattach", volume.Multiattach);
        WriteAttachments(json, request, details);
        WriteVersioned(json, request, details);
        if (extended) WriteExtended(json, request, details);
        json.WriteEndObject();
    }

    private static void WriteVersioned(Utf8JsonWriter json, ApiRequest request, VolumeDetails details)
    {
        var admin = request.Caller.IsAdmin;
        if (admin) json.WriteNull("migration_status");
        if (request.At(3, 13)) json.WriteString("group_id", details.Volume.GroupId);
        if (admin && request.At(3, 21)) json.WriteNull("provider_id");
        if (request.At(3, 48))
        {
            // Nobody else has a connection to the disk that a detach could cut.
            json.WriteBoolean("shared_targets", false);
            json.WriteString("service_uuid", details.ServiceUuid);
        }
        if (admin && request.At(3, 61)) json.WriteNull("cluster_name");
        if (request.At(3, 63)) json.WriteString("volume_type_id", details.Volume.VolumeTypeId);
        if (request.At(3, 64) && details.Volume.EncryptionKeyId is { } key) json.WriteString("encryption_key_id", key);
        if (request.At(3, 65)) json.WriteBoolean("consumes_quota", true);
    }

    private static void WriteExtended(Utf8JsonWriter json, ApiRequest request, VolumeDetails details)
    {
        var owner = PolicyTarget.OwnedBy(details.Volume.ProjectId);
        if (request.Allows("volume_extension:volume_host_attribute", owner))
            json.WriteString("os-vol-host-attr:host", details.Volume.Host);
        if (request.Allows("volume_extension:volume_tenant_attribute", owner))
            json.WriteString("os-vol-tenant-attr:tenant_id", details.Volume.ProjectId);
        if (request.Allows("volume_extension:volume_mig_status_attribute", owner))
        {
            json.WriteNull("os-vol-mig-status-attr:migstat");
            json.WriteNull("os-vol-mig-status-attr:name_id");
        }
        if (details.ImageMetadata.Count > 0 && request.Allows("volume_extension:volume_image_metadata:show", owner))
            json.WriteMap("volume_image_metadata", details.ImageMetadata);
    }

    private static void WriteAttachments(Utf8JsonWriter json, ApiRequest request, VolumeDetails details)
    {
        json.WriteStartArray("attachments");
        foreach (var attachment in details.Attachments.Where(a => a.Status is "attached" or "detaching"))
        {
            json.WriteStartObject();
            json.WriteString("id", attachment.VolumeId);
            json.WriteString("attachment_id", attachment.Id);
            json.WriteString("volume_id", attachment.VolumeId);
            json.WriteString("server_id", attachment.ServerId);
            json.WriteString("host_name", request.Caller.IsAdmin || request.Caller.Roles.Contains("service") ? attachment.Host : null);
            json.WriteString("device", attachment.Mountpoint);
            json.WriteTime("attached_at", attachment.AttachedAt);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }
}
