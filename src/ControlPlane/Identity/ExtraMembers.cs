using System.Text;
using System.Text.Json;
using Cumulet.ControlPlane.Api;

namespace Cumulet.ControlPlane.Identity;

/// <summary>
/// The members that clients may add to most Identity resources beside the defined ones: kept as one JSON object, written
/// back into the resource as they came.
/// </summary>
internal static class ExtraMembers
{
    /// <summary>What is left of a body without the defined members, laid over what was there.</summary>
    public static string Merge(string before, JsonElement body, IReadOnlyCollection<string> defined)
    {
        using var old = JsonDocument.Parse(before);
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            foreach (var member in old.RootElement.EnumerateObject())
                if (!body.Has(member.Name)) member.WriteTo(json);
            foreach (var member in body.EnumerateObject())
                if (!defined.Contains(member.Name)) member.WriteTo(json);
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(bytes.ToArray());
    }

    public static string? Text(string extra, string member)
    {
        if (extra == "{}") return null;
        using var json = JsonDocument.Parse(extra);
        return json.RootElement.GetText(member);
    }

    /// <summary>Writes the members into the object that is open.</summary>
    public static void Write(Utf8JsonWriter json, string extra)
    {
        if (extra == "{}") return;
        using var members = JsonDocument.Parse(extra);
        foreach (var member in members.RootElement.EnumerateObject()) member.WriteTo(json);
    }
}
