using System.Globalization;
using System.Text;

namespace Cumulet.ControlPlane.Compute.Metadata;

/// <summary>One answer of the metadata service.</summary>
internal sealed record MetadataAnswer(int Status, string ContentType, byte[] Body)
{
    public static readonly MetadataAnswer NotFound = Text(404, "404 Not Found\n\nThe resource could not be found.\n");
    public static MetadataAnswer Text(int status, string text) => new(status, "text/plain; charset=UTF-8", Encoding.UTF8.GetBytes(text));
    public static MetadataAnswer Json(byte[] body) => new(200, "application/json", body);
}

/// <summary>
/// What is behind each path of 169.254.169.254; pure. Rule: nova/api/metadata/base.py, lookup and the forms of listings.
/// </summary>
internal static class MetadataTree
{
    public static MetadataAnswer Find(GuestData data, string path)
    {
        var words = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        return words switch
        {
            [] => Listing([.. GuestData.Ec2Versions, "latest"]),
            ["openstack"] => Listing([.. GuestData.Versions, "latest"]),
            ["openstack", "content", var number] => data.Content(int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var n) ? n : -1) is { } content
                ? new(200, "application/octet-stream", content)
                : MetadataAnswer.NotFound,
            ["openstack", var version, .. var rest] when version == "latest" || GuestData.Versions.Contains(version) => OpenStack(data, rest),
            [var version, .. var rest] when version == "latest" || GuestData.Ec2Versions.Contains(version) => Ec2(data, rest),
            _ => MetadataAnswer.NotFound,
        };
    }

    /// <summary>Is this where a guest may put its password?</summary>
    public static bool IsPassword(string path) => path.Split('/', StringSplitOptions.RemoveEmptyEntries) is ["openstack", var version, "password"]
        && (version == "latest" || GuestData.Versions.Contains(version));

    private static MetadataAnswer Listing(IEnumerable<string> names) => MetadataAnswer.Text(200, string.Join('\n', names));

    private static MetadataAnswer OpenStack(GuestData data, string[] rest) => rest switch
    {
        [] => Listing(["meta_data.json", .. data.UserData is null ? (string[])[] : ["user_data"], "password", "vendor_data.json", "network_data.json", "vendor_data2.json"]),
        ["meta_data.json"] => MetadataAnswer.Json(data.MetaData()),
        ["network_data.json"] => MetadataAnswer.Json(data.NetworkData()),
        ["vendor_data.json"] => MetadataAnswer.Json("{}"u8.ToArray()),
        ["vendor_data2.json"] => MetadataAnswer.Json("""{"static": {}}"""u8.ToArray()),
        ["password"] => MetadataAnswer.Text(200, data.Password),
        ["user_data"] => UserData(data),
        _ => MetadataAnswer.NotFound,
    };

    private static MetadataAnswer UserData(GuestData data) =>
        data.UserData is { } user ? new(200, "application/octet-stream", user) : MetadataAnswer.NotFound;

    private static MetadataAnswer Ec2(GuestData data, string[] rest) => rest switch
    {
        [] => Listing(["meta-data/", .. data.UserData is null ? (string[])[] : ["user-data"]]),
        ["user-data"] => UserData(data),
        ["meta-data", .. var path] => Walk(data.Ec2(), path),
        _ => MetadataAnswer.NotFound,
    };

    private static MetadataAnswer Walk(IReadOnlyDictionary<string, object> tree, ReadOnlySpan<string> path)
    {
        if (path.IsEmpty) return Listing(tree.Select(Entry));
        // Keys are listed as "0=name" and asked for as "0".
        var name = path[0];
        var (_, value) = tree.FirstOrDefault(e => e.Key == name || e.Key.StartsWith(name + "=", StringComparison.Ordinal));
        return value switch
        {
            string text when path.Length == 1 => MetadataAnswer.Text(200, text),
            IReadOnlyDictionary<string, object> inner => Walk(inner, path[1..]),
            _ => MetadataAnswer.NotFound,
        };
    }

    private static string Entry(KeyValuePair<string, object> entry) =>
        entry.Value is string || entry.Key.Contains('=', StringComparison.Ordinal) ? entry.Key : entry.Key + "/";
}
