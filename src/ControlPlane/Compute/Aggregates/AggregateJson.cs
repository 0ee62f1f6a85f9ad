using System.Text.Json;
using Cumulet.ControlPlane.Api;

namespace Cumulet.ControlPlane.Compute.Aggregates;

/// <summary>Aggregates as Nova answers them; the uuid is shown since 2.41.</summary>
internal static class AggregateJson
{
    /// <param name="withContent">The answer to a creation has neither hosts nor metadata.</param>
    public static void Write(Utf8JsonWriter json, ApiRequest request, AggregateRecord aggregate, bool withContent = true)
    {
        json.WriteStartObject();
        json.WriteNumber("id", aggregate.Number);
        if (request.At(2, 41)) json.WriteString("uuid", aggregate.Uuid);
        json.WriteString("name", aggregate.Name);
        json.WriteString("availability_zone", aggregate.Zone);
        json.WriteString("created_at", TimeText.Microseconds(aggregate.CreatedAt));
        if (aggregate.UpdatedAt is { } updated) json.WriteString("updated_at", TimeText.Microseconds(updated));
        else json.WriteNull("updated_at");
        json.WriteBoolean("deleted", false);
        json.WriteNull("deleted_at");
        if (withContent)
        {
            json.WriteStartArray("hosts");
            foreach (var host in aggregate.Hosts) json.WriteStringValue(host);
            json.WriteEndArray();
            json.WriteStartObject("metadata");
            foreach (var (name, value) in aggregate.Metadata) json.WriteString(name, value);
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }

    public static Reply One(ApiRequest request, AggregateRecord aggregate, bool withContent = true) => Reply.Ok(json =>
    {
        json.WriteStartObject();
        json.WritePropertyName("aggregate");
        Write(json, request, aggregate, withContent);
        json.WriteEndObject();
    });
}
