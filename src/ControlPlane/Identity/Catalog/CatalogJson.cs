using System.Text.Json;

namespace Cumulet.ControlPlane.Identity.Catalog;

internal static class CatalogJson
{
    public static void Write(Utf8JsonWriter json, IReadOnlyList<CatalogService> catalog)
    {
        json.WriteStartArray();
        foreach (var service in catalog)
        {
            json.WriteStartObject();
            json.WriteStartArray("endpoints");
            foreach (var endpoint in service.Endpoints) Write(json, endpoint);
            json.WriteEndArray();
            json.WriteString("id", service.Id);
            json.WriteString("type", service.Type);
            json.WriteString("name", service.Name);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, CatalogEndpoint endpoint)
    {
        json.WriteStartObject();
        json.WriteString("id", endpoint.Id);
        json.WriteString("interface", endpoint.Interface);
        json.WriteString("region_id", endpoint.RegionId);
        json.WriteString("region", endpoint.RegionId);
        json.WriteString("url", endpoint.Url);
        json.WriteEndObject();
    }
}
