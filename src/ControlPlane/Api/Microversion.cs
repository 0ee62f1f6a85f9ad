using System.Globalization;

namespace Cumulet.ControlPlane.Api;

/// <summary>A service's API microversion, <c>2.79</c>.</summary>
public readonly record struct Microversion(int Major, int Minor) : IComparable<Microversion>
{
    public int CompareTo(Microversion other) =>
        Major != other.Major ? Major.CompareTo(other.Major) : Minor.CompareTo(other.Minor);

    public static bool operator <(Microversion a, Microversion b) => a.CompareTo(b) < 0;
    public static bool operator >(Microversion a, Microversion b) => a.CompareTo(b) > 0;
    public static bool operator <=(Microversion a, Microversion b) => a.CompareTo(b) <= 0;
    public static bool operator >=(Microversion a, Microversion b) => a.CompareTo(b) >= 0;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Major}.{Minor}");

    public static bool TryParse(ReadOnlySpan<char> text, out Microversion version)
    {
        version = default;
        var dot = text.IndexOf('.');
        if (dot <= 0) return false;
        if (!Number(text[..dot], out var major) || !Number(text[(dot + 1)..], out var minor)) return false;
        version = new(major, minor);
        return true;
    }

    // As the services' own pattern: no sign, no blanks, no leading zero.
    private static bool Number(ReadOnlySpan<char> text, out int value)
    {
        value = 0;
        return text.Length is > 0 and <= 9 && (text.Length == 1 || text[0] != '0')
            && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
    }
}

/// <summary>The microversions a service speaks and the headers that ask for one.</summary>
public sealed record MicroversionRange(string ServiceType, Microversion Min, Microversion Max)
{
    /// <summary>Nova's older header <c>X-OpenStack-Nova-API-Version</c>; null for the other services.</summary>
    public string? LegacyHeader { get; init; }

    public const string Header = "OpenStack-API-Version";

    /// <summary>
    /// The version a request asks for. Rule (API working group, microversion specification): no header means the minimum,
    /// <c>latest</c> the maximum; malformed is 400, outside the range 406.
    /// </summary>
    public Microversion Negotiate(string? header, string? legacy)
    {
        var asked = Asked(header) ?? (string.IsNullOrWhiteSpace(legacy) ? null : legacy.Trim());
        if (asked is null) return Min;
        if (asked.Equals("latest", StringComparison.OrdinalIgnoreCase)) return Max;
        if (!Microversion.TryParse(asked, out var version))
            throw Fault.BadRequest($"API Version String {asked} is of invalid format. Must be of format MajorNum.MinorNum.");
        if (version < Min || version > Max)
            throw new Fault(FaultKind.NotAcceptable,
                $"Version {version} is not supported by the API. Minimum is {Min} and maximum is {Max}.");
        return version;
    }

    // "compute 2.1, volume 3.5": a list of service type and version.
    private string? Asked(string? header)
    {
        if (string.IsNullOrWhiteSpace(header)) return null;
        foreach (var item in header.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var words = item.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            if (words is [var type, var version] && type.Equals(ServiceType, StringComparison.OrdinalIgnoreCase)) return version;
        }
        return null;
    }
}
