using System.Text.RegularExpressions;

namespace Cumulet.ControlPlane.Networking;

/// <summary>Names that DNS can carry.</summary>
internal static partial class DnsNames
{
    public const string DefaultDomain = "openstacklocal";

    /// <summary>A domain, with or without the final dot; empty for none.</summary>
    public static string Domain(string attribute, string value)
    {
        if (value.Length == 0) return value;
        var labels = value.TrimEnd('.').Split('.');
        if (value.Length > 255 || !labels.All(l => Label().IsMatch(l)))
            throw NetworkFault.Invalid(attribute, $"'{value}' not a valid PQDN or FQDN. Reason: it must have labels of letters, digits and '-'");
        return value;
    }

    [GeneratedRegex("^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$")]
    public static partial Regex Label();
}
