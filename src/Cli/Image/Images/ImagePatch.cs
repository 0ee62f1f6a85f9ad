using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Image.Images;

/// <summary>Changes of an image as JSON patch: "add" also replaces what is there.</summary>
static class ImagePatch
{
    public const string MediaType = "application/openstack-images-v2.1-json-patch";

    public static JsonArray Of(JsonObject changes) => new([.. changes.OrderBy(change => change.Key, StringComparer.Ordinal).Select(change => new JsonObject
    {
        ["op"] = "add", ["path"] = Path(change.Key), ["value"] = change.Value.Copy(),
    })]);

    public static JsonArray Removing(IEnumerable<string> keys) =>
        new([.. keys.Select(key => new JsonObject { ["op"] = "remove", ["path"] = Path(key) })]);

    /// <summary>JSON pointers write ~ as ~0 and / as ~1.</summary>
    private static string Path(string key) => "/" + key.Replace("~", "~0").Replace("/", "~1");
}
