using System.Globalization;
using System.Text.RegularExpressions;

namespace Cumulet.ControlPlane.Api;

/// <summary>Instants as the services write them, always UTC, and as they read them.</summary>
public static partial class TimeText
{
    /// <summary>Nova, Glance, Neutron: <c>2016-03-08T20:19:41Z</c>.</summary>
    public static string Seconds(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>Keystone: <c>2015-11-07T01:58:43.578929Z</c>.</summary>
    public static string MicrosecondsZ(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);

    /// <summary>Cinder, and Nova where it kept an older form: <c>2018-11-29T06:50:07.770785</c>.</summary>
    public static string Microseconds(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff", CultureInfo.InvariantCulture);

    /// <summary>
    /// What clients write: ISO 8601, whole or shortened at the end, with or without dashes and colons; UTC where no zone is
    /// said. Rule (oslo's parse_isotime): <c>2011/01/01</c> is none.
    /// </summary>
    public static bool TryRead(string text, out DateTimeOffset instant)
    {
        instant = default;
        if (Iso8601().Match(text) is not { Success: true } match) return false;
        string Part(string name, string otherwise) => match.Groups[name] is { Success: true, Value: var value } ? value : otherwise;
        var fraction = Part("fraction", "").PadRight(7, '0')[..7];
        var zone = match.Groups["sign"].Success ? $"{(match.Groups["sign"].Value == "-" ? '-' : '+')}{Part("zonehour", "00")}:{Part("zoneminute", "00")}" : "+00:00";
        return DateTimeOffset.TryParseExact(
            $"{Part("year", "")}-{Part("month", "01").PadLeft(2, '0')}-{Part("day", "01").PadLeft(2, '0')}T"
            + $"{Part("hour", "00")}:{Part("minute", "00")}:{Part("second", "00").PadLeft(2, '0')}.{fraction}{zone}",
            "yyyy-MM-dd'T'HH:mm:ss.fffffffzzz", CultureInfo.InvariantCulture, DateTimeStyles.None, out instant);
    }

    // A plus sign in a query that was not escaped arrives as a blank.
    [GeneratedRegex("""
        ^(?<year>[0-9]{4})
        (?:
          (?: -(?<month>[0-9]{1,2}) | (?<month>[0-9]{2})(?!\z) )
          (?:
            (?: -(?<day>[0-9]{1,2}) | (?<day>[0-9]{2}) )
            (?:
              [\x20T](?<hour>[0-9]{2})
              (?: :?(?<minute>[0-9]{2}) )?
              (?: :?(?<second>[0-9]{1,2}) (?: [.,](?<fraction>[0-9]+) )? )?
              (?: Z | (?<sign>[-+\x20])(?<zonehour>[0-9]{2}):?(?<zoneminute>[0-9]{2})? )?
            )?
          )?
        )?
        \z
        """, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Iso8601();
}
