using System.Globalization;

namespace Cumulet.ControlPlane.BlockStorage.Services;

/// <summary>
/// What the one backend is and can do, and whether that is what a volume type's extra specs ask for: unscoped ones and those of the
/// scope <c>capabilities</c>; others are not for the scheduler. Rule: cinder/scheduler/filters/capabilities_filter.py.
/// </summary>
internal static class BackendCapabilities
{
    public const string Vendor = "Cumulet";
    public const string Protocol = "local";

    private static readonly Dictionary<string, string> Known = new(StringComparer.Ordinal)
    {
        ["pool_name"] = BlockStorageRoom.Backend,
        ["volume_backend_name"] = BlockStorageRoom.Backend,
        ["storage_protocol"] = Protocol,
        ["vendor_name"] = Vendor,
        ["driver_version"] = "1.0",
        ["thin_provisioning_support"] = "True",
        ["thick_provisioning_support"] = "False",
        ["multiattach"] = "True",
        ["QoS_support"] = "False",
        ["backend_state"] = "up",
    };

    public static bool Meet(IReadOnlyDictionary<string, string> extraSpecs) => extraSpecs.All(spec => spec.Key.Split(':') switch
    {
        [var name] => Known.TryGetValue(name, out var actual) && Holds(actual, spec.Value),
        ["capabilities", var name] => Known.TryGetValue(name, out var actual) && Holds(actual, spec.Value),
        _ => true,
    });

    private static bool Holds(string actual, string wanted) => wanted.Split(' ', StringSplitOptions.RemoveEmptyEntries) switch
    {
        ["<is>", var flag] => Flag(actual) == Flag(flag),
        ["<in>", .. var part] => actual.Contains(string.Join(' ', part), StringComparison.Ordinal),
        ["<or>", ..] => wanted.Split("<or>").Any(one => one.Trim() == actual),
        ["s==", var text] => actual == text,
        ["s!=", var text] => actual != text,
        [("=" or "==" or "!=" or ">=" or "<=") and var comparison, var number] => Compares(actual, comparison, number),
        _ => actual == wanted,
    };

    private static bool Flag(string text) => text.ToLowerInvariant() is "true" or "t" or "yes" or "y" or "on" or "1";

    // "=" is older than the others and means "at least".
    private static bool Compares(string actual, string comparison, string wanted) =>
        double.TryParse(actual, CultureInfo.InvariantCulture, out var left) && double.TryParse(wanted, CultureInfo.InvariantCulture, out var right)
        && comparison switch
        {
            "==" => left == right,
            "!=" => left != right,
            "<=" => left <= right,
            _ => left >= right,
        };
}
