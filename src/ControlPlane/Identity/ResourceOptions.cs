using System.Text.Json;
using Cumulet.ControlPlane.Api;

namespace Cumulet.ControlPlane.Identity;

/// <summary>The <c>options</c> of projects, domains, roles and users: an object of known names; null takes one away.</summary>
internal static class ResourceOptions
{
    /// <summary>For projects, domains and roles.</summary>
    public static readonly Shape Shape = Shape.Object(Member.May("immutable", Shape.OrNull(Shape.StrictFlag)));

    public static string Merge(string before, JsonElement? options)
    {
        if (options is not { ValueKind: JsonValueKind.Object } given) return before;
        var nothing = given.EnumerateObject().Where(o => o.Value.ValueKind == JsonValueKind.Null).Select(o => o.Name).ToList();
        return ExtraMembers.Merge(before, given, nothing);
    }

    public static bool IsOn(string options, string name)
    {
        if (options == "{}") return false;
        using var json = JsonDocument.Parse(options);
        return json.RootElement.GetFlag(name) is true;
    }

    public static void Write(Utf8JsonWriter json, string options)
    {
        json.WritePropertyName("options");
        json.WriteRawValue(options);
    }

    /// <summary>An immutable resource takes one change only: to be no longer immutable.</summary>
    public static void CheckMutable(string options, string what, string id, JsonElement? change = null)
    {
        if (!IsOn(options, "immutable")) return;
        var lifts = change?.Get("options") is { } given && given.Has("immutable") && given.GetFlag("immutable") is not true;
        if (!lifts) throw IdentityFault.Immutable(what, id);
    }
}
