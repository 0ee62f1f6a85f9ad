using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Networking.Addresses;

namespace Cumulet.ControlPlane.Networking.Resources;

/// <summary>The checks of single values, worded like neutron-lib's validators.</summary>
internal static partial class Checks
{
    public const int MaxText = 255;

    public static string Show(JsonElement value) => (value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.True => "True",
        JsonValueKind.False => "False",
        JsonValueKind.Null => "None",
        _ => value.GetRawText(),
    }).Truncated();

    public static Check Text(int max = MaxText) => value =>
    {
        if (value.ValueKind != JsonValueKind.String) return $"'{Show(value)}' is not a valid string";
        var text = value.GetString()!;
        return text.EnumerateRunes().Count() > max ? $"'{Show(value)}' exceeds maximum length of {max}" : null;
    };

    public static readonly Check Any = static _ => null;

    public static readonly Check NotBlankText = value =>
        Text()(value) ?? (value.GetString()!.Trim().Length == 0 ? $"'{Show(value)}' Blank strings are not permitted" : null);

    public static readonly Check Flag = value => value.ValueKind switch
    {
        JsonValueKind.True or JsonValueKind.False => null,
        JsonValueKind.String when JsonReading.IsFlagText(value.GetString()!) => null,
        JsonValueKind.Number when value.GetRawText() is "0" or "1" => null,
        _ => $"'{Show(value)}' cannot be converted to boolean",
    };

    public static readonly Check Uuid = value =>
        value.ValueKind == JsonValueKind.String && UuidPattern().IsMatch(value.GetString()!) ? null : $"'{Show(value)}' is not a valid UUID";

    public static readonly Check ProjectId = Text(255);

    public static Check OrNull(Check inner) => value => value.ValueKind == JsonValueKind.Null ? null : inner(value);

    public static Check OneOf(params string[] values) => value =>
        value.ValueKind == JsonValueKind.String && values.Contains(value.GetString(), StringComparer.Ordinal)
            ? null
            : $"'{Show(value)}' is not in [{string.Join(", ", values.Select(v => $"'{v}'"))}]";

    public static Check Integer(long min = long.MinValue, long max = long.MaxValue) => value =>
    {
        long number = 0;
        var isNumber = value.ValueKind switch
        {
            JsonValueKind.Number => value.TryGetInt64(out number),
            JsonValueKind.String => long.TryParse(value.GetString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number),
            _ => false,
        };
        if (!isNumber) return $"'{Show(value)}' is not an integer";
        if (number < min) return $"'{number}' is too small - must be at least '{min}'";
        return number > max ? $"'{number}' is too large - must be no larger than '{max}'" : null;
    };

    public static readonly Check Ip = value =>
        value.ValueKind == JsonValueKind.String && IpNumber.TryAddress(value.GetString(), out _)
            ? null
            : $"'{Show(value)}' is not a valid IP address";

    public static readonly Check Cidr = value =>
    {
        if (value.ValueKind != JsonValueKind.String || !IpNumber.TryCidr(value.GetString(), out var cidr, out var exact))
            return $"'{Show(value)}' is not a valid IP subnet";
        return exact ? null : $"'{Show(value)}' isn't a recognized IP subnet cidr, '{cidr}' is recommended";
    };

    public static readonly Check Mac = value =>
        value.ValueKind == JsonValueKind.String && MacPattern().IsMatch(value.GetString()!) ? null : $"'{Show(value)}' is not a valid MAC address";

    public static Check List(Check item) => value =>
    {
        if (value.ValueKind != JsonValueKind.Array) return $"'{Show(value)}' is not a list";
        foreach (var element in value.EnumerateArray())
            if (item(element) is { } reason) return reason;
        return null;
    };

    public static Check DistinctList(Check item) => value =>
    {
        if (List(item)(value) is { } reason) return reason;
        var texts = value.EnumerateArray().Select(v => v.GetRawText()).ToList();
        return texts.Distinct(StringComparer.Ordinal).Count() == texts.Count ? null : $"Duplicate items in the list: '{Show(value)}'";
    };

    /// <summary>An object whose members are named here; others are refused.</summary>
    public static Check Object(params (string Name, bool Required, Check Check)[] members) => value =>
    {
        if (value.ValueKind != JsonValueKind.Object) return $"'{Show(value)}' is not a dictionary";
        foreach (var property in value.EnumerateObject())
        {
            var member = members.FirstOrDefault(m => m.Name == property.Name);
            if (member.Name is null)
                return $"Validation of dictionary's keys failed. Expected keys: {{{string.Join(", ", members.Select(m => $"'{m.Name}'"))}}} Provided keys: {{'{property.Name.Truncated()}'}}";
            if (member.Check(property.Value) is { } reason) return reason;
        }
        var missing = members.FirstOrDefault(m => m.Required && !value.TryGetProperty(m.Name, out _));
        return missing.Name is null ? null : $"Validation of dictionary's keys failed. Expected keys: {{'{missing.Name}'}} Provided keys: {{{string.Join(", ", value.EnumerateObject().Select(p => $"'{p.Name}'"))}}}";
    };

    public static readonly Check AnyObject = value => value.ValueKind == JsonValueKind.Object ? null : $"'{Show(value)}' is not a dictionary";

    public static readonly Check Routes = List(Object(
        ("destination", true, Cidr), ("nexthop", true, Ip)));

    public static readonly Check Tags = List(Text(60));

    [GeneratedRegex("^[0-9a-fA-F]{8}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{12}$")]
    private static partial Regex UuidPattern();

    [GeneratedRegex("^([0-9a-fA-F]{2}[:-]){5}[0-9a-fA-F]{2}$")]
    private static partial Regex MacPattern();
}
