using System.Text.Json;
using Cumulet.ControlPlane.Api;

namespace Cumulet.ControlPlane.BlockStorage.VolumeTypes;

/// <summary>A volume type as the API shows it: a user sees of the extra specs only those that say what a volume can do.</summary>
internal static class VolumeTypeJson
{
    private static readonly string[] UserVisible = ["RESKEY:availability_zones", "multiattach", "replication_enabled"];

    public static void Write(Utf8JsonWriter json, ApiRequest request, VolumeTypeRecord type, IReadOnlyDictionary<string, string> specs)
    {
        json.WriteStartObject();
        WriteMembers(json, request, type, specs);
        json.WriteBoolean("os-volume-type-access:is_public", type.IsPublic);
        if (request.Allows("volume_extension:access_types_qos_specs_id", PolicyTarget.OwnedBy(request.Caller.ProjectId)))
            json.WriteString("qos_specs_id", type.QosSpecsId);
        json.WriteEndObject();
    }

    /// <summary>Rule (Cinder): creating and updating go by an older view, without QoS specs; an update without access too.</summary>
    public static void WriteChanged(
        Utf8JsonWriter json, ApiRequest request, VolumeTypeRecord type, IReadOnlyDictionary<string, string> specs, bool created)
    {
        json.WriteStartObject();
        WriteMembers(json, request, type, specs);
        if (created) json.WriteBoolean("os-volume-type-access:is_public", type.IsPublic);
        json.WriteEndObject();
    }

    private static void WriteMembers(Utf8JsonWriter json, ApiRequest request, VolumeTypeRecord type, IReadOnlyDictionary<string, string> specs)
    {
        json.WriteString("id", type.Id);
        json.WriteString("name", type.Name);
        json.WriteBoolean("is_public", type.IsPublic);
        json.WriteString("description", type.Description);
        if (request.Allows("volume_extension:access_types_extra_specs", PolicyTarget.OwnedBy(request.Caller.ProjectId)))
            json.WriteMap("extra_specs", Visible(request, specs));
    }

    public static IEnumerable<KeyValuePair<string, string>> Visible(ApiRequest request, IReadOnlyDictionary<string, string> specs) =>
        request.Allows("volume_extension:types_extra_specs:read_sensitive", PolicyTarget.OwnedBy(request.Caller.ProjectId))
            ? specs
            : specs.Where(s => UserVisible.Contains(s.Key));

    /// <summary>The row itself, as the answer of an upload to an image has it.</summary>
    public static void WriteStored(Utf8JsonWriter json, VolumeTypeRecord type)
    {
        json.WriteStartObject();
        json.WriteString("id", type.Id);
        json.WriteString("name", type.Name);
        json.WriteString("description", type.Description);
        json.WriteBoolean("is_public", type.IsPublic);
        json.WriteString("qos_specs_id", type.QosSpecsId);
        json.WriteTime("created_at", type.CreatedAt);
        json.WriteTime("updated_at", type.UpdatedAt);
        json.WriteNull("deleted_at");
        json.WriteBoolean("deleted", false);
        json.WriteEndObject();
    }
}
