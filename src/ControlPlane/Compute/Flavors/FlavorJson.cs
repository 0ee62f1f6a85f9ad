using System.Text.Json;
using Cumulet.ControlPlane.Api;

namespace Cumulet.ControlPlane.Compute.Flavors;

/// <summary>Flavors as Nova answers them; the members grew at 2.55 (description), 2.61 (extra specs) and 2.75 (swap 0).</summary>
internal static class FlavorJson
{
    public static void WriteBrief(Utf8JsonWriter json, ApiRequest request, FlavorRecord flavor)
    {
        json.WriteStartObject();
        json.WriteString("id", flavor.Id);
        json.WriteString("name", flavor.Name);
        ComputeLinks.Write(json, request, "flavors", flavor.Id);
        if (request.At(2, 55)) json.WriteString("description", flavor.Description);
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, ApiRequest request, FlavorRecord flavor, bool withExtraSpecs)
    {
        json.WriteStartObject();
        json.WriteString("id", flavor.Id);
        json.WriteString("name", flavor.Name);
        json.WriteNumber("ram", flavor.RamMib);
        json.WriteNumber("disk", flavor.DiskGib);
        if (flavor.SwapMib == 0 && !request.At(2, 75)) json.WriteString("swap", "");
        else json.WriteNumber("swap", flavor.SwapMib);
        json.WriteNumber("OS-FLV-EXT-DATA:ephemeral", flavor.EphemeralGib);
        json.WriteBoolean("OS-FLV-DISABLED:disabled", flavor.Disabled);
        json.WriteNumber("vcpus", flavor.Vcpus);
        json.WriteBoolean("os-flavor-access:is_public", flavor.IsPublic);
        json.WritePropertyName("rxtx_factor");
        json.WriteRawValue(FloatText.Of(flavor.RxtxFactor));
        ComputeLinks.Write(json, request, "flavors", flavor.Id);
        if (request.At(2, 55)) json.WriteString("description", flavor.Description);
        if (withExtraSpecs) WriteExtraSpecs(json, flavor.ExtraSpecs);
        json.WriteEndObject();
    }

    public static void WriteExtraSpecs(Utf8JsonWriter json, IReadOnlyDictionary<string, string> specs)
    {
        json.WriteStartObject("extra_specs");
        foreach (var (name, value) in specs) json.WriteString(name, value);
        json.WriteEndObject();
    }

    public static Reply One(ApiRequest request, FlavorRecord flavor)
    {
        var withExtraSpecs = ShowsExtraSpecs(request);
        return Reply.Ok(json =>
        {
            json.WriteStartObject();
            json.WritePropertyName("flavor");
            Write(json, request, flavor, withExtraSpecs);
            json.WriteEndObject();
        });
    }

    public static bool ShowsExtraSpecs(ApiRequest request) => request.At(2, 61) && request.Allows(
        "os_compute_api:os-flavor-extra-specs:index", PolicyTarget.OwnedBy(request.Caller.ProjectId));
}
