using System.Text.Json;
using Cumulet.ControlPlane.Api;

namespace Cumulet.ControlPlane.Networking.Resources;

/// <summary>
/// Writes one resource, leaving out what the client did not ask for (<c>fields=</c>) and what the caller may not see
/// (policies <c>get_network:provider:network_type</c> and the like).
/// </summary>
internal sealed class Shown(Utf8JsonWriter json, Func<string, bool> wants)
{
    public Utf8JsonWriter Json => json;
    public bool Wants(string name) => wants(name);

    public Shown Text(string name, string? value)
    {
        if (!wants(name)) return this;
        if (value is null) json.WriteNull(name);
        else json.WriteString(name, value);
        return this;
    }

    public Shown Flag(string name, bool value)
    {
        if (wants(name)) json.WriteBoolean(name, value);
        return this;
    }

    public Shown Number(string name, long? value)
    {
        if (!wants(name)) return this;
        if (value is { } number) json.WriteNumber(name, number);
        else json.WriteNull(name);
        return this;
    }

    public Shown Texts(string name, IEnumerable<string> values) => Items(name, values, static (json, value) => json.WriteStringValue(value));

    public Shown Items<T>(string name, IEnumerable<T> values, Action<Utf8JsonWriter, T> write)
    {
        if (!wants(name)) return this;
        json.WriteStartArray(name);
        foreach (var value in values) write(json, value);
        json.WriteEndArray();
        return this;
    }

    public Shown Value(string name, Action<Utf8JsonWriter> write)
    {
        if (!wants(name)) return this;
        json.WritePropertyName(name);
        write(json);
        return this;
    }

    /// <summary>Both names of the owner, old and new.</summary>
    public Shown Project(string project) => Text("tenant_id", project).Text("project_id", project);

    /// <summary>What every resource with standard attributes has.</summary>
    public Shown Standard(string description, IEnumerable<string> tags, DateTimeOffset created, DateTimeOffset updated, long revision) =>
        Text("description", description).Texts("tags", tags).Text("created_at", TimeText.Seconds(created))
            .Text("updated_at", TimeText.Seconds(updated)).Number("revision_number", revision);
}
