using System.Globalization;
using System.Text;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Images;

/// <summary>One query parameter of the list as a condition on <c>images i</c>.</summary>
internal static class ImageFilters
{
    private static readonly string[] WithOperators = ["name", "id", "status", "container_format", "disk_format"];
    private static readonly string[] Texts = ["owner", "checksum", "os_hash_algo", "os_hash_value"];
    private static readonly string[] Numbers = ["size", "virtual_size", "min_disk", "min_ram"];

    public static Sql Condition(string name, string value)
    {
        if (name == "changes-since") throw Fault.BadRequest("The \"changes-since\" filter is no longer available on v2.");
        if (name == "protected") return $"i.protected = {ImageListQuery.ReadFlag(value, name)}";
        if (name is "created_at" or "updated_at") return Instant(name, value);
        if (WithOperators.Contains(name)) return WithOperator(name, value);
        if (Texts.Contains(name)) return $"i.{Sql.Raw(name)} = {value}";
        if (Numbers.Contains(name)) return Number(name, "=", value) ?? Sql.Raw("1 = 0");
        if (name.Length > 4 && Numbers.Contains(name[..^4]) && (name.EndsWith("_min", StringComparison.Ordinal) || name.EndsWith("_max", StringComparison.Ordinal)))
            return Number(name[..^4], name.EndsWith("_min", StringComparison.Ordinal) ? ">=" : "<=", value)
                ?? throw Fault.BadRequest("Unable to filter on a range with a non-numeric value.");
        return $"EXISTS (SELECT 1 FROM image_properties p WHERE p.image_id = i.id AND p.name = {name} AND p.value = {value})";
    }

    private static Sql? Number(string column, string compare, string value) =>
        long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? $"i.{Sql.Raw(column)} {Sql.Raw(compare)} {number}"
            : (Sql?)null;

    private static Sql WithOperator(string column, string value)
    {
        var colon = value.IndexOf(':');
        if (colon < 0) return $"i.{Sql.Raw(column)} = {value}";
        var (compare, operand) = (value[..colon], value[(colon + 1)..]);
        return compare switch
        {
            "eq" => $"i.{Sql.Raw(column)} = {operand}",
            "in" => $"i.{Sql.Raw(column)} IN {SplitQuoted(operand)}",
            _ => throw Fault.BadRequest($"Unable to filter by unknown operator '{compare.Truncated()}'."),
        };
    }

    // Times are shown in whole seconds, so they are compared in whole seconds.
    private static Sql Instant(string column, string value)
    {
        var (compare, text) = ("eq", value);
        if (!TimeText.TryRead(value, out var time))
        {
            var colon = value.IndexOf(':');
            if (colon > 0) (compare, text) = (value[..colon], value[(colon + 1)..]);
            if (!TimeText.TryRead(text, out time))
                throw Fault.BadRequest($"Bad \"{column}\" query filter format. Use ISO 8601 DateTime notation.");
        }
        var sign = compare switch
        {
            "eq" => "=",
            "neq" => "<>",
            "gt" => ">",
            "gte" => ">=",
            "lt" => "<",
            "lte" => "<=",
            _ => throw Fault.BadRequest("Unable to filter using the specified operator."),
        };
        return $"i.{Sql.Raw(column)} / 1000000 {Sql.Raw(sign)} {time.ToUnixTimeSeconds()}";
    }

    /// <summary>The values of <c>in:a,"b,c",d</c>.</summary>
    internal static List<string> SplitQuoted(string value)
    {
        var values = new List<string>();
        var current = new StringBuilder();
        var quoted = false;
        for (var i = 0; i < value.Length; i++)
        {
            var c = value[i];
            switch (c)
            {
                case '\\' when quoted && i + 1 < value.Length:
                    current.Append(value[++i]);
                    break;
                case '"' when !quoted && i > 0 && value[i - 1] != ',':
                    throw Fault.BadRequest($"Invalid filter value {value.Truncated()}. There is no comma before opening quotation mark.");
                case '"' when quoted && i + 1 < value.Length && value[i + 1] != ',':
                    throw Fault.BadRequest($"Invalid filter value {value.Truncated()}. There is no comma after closing quotation mark.");
                case '"':
                    quoted = !quoted;
                    break;
                case ',' when !quoted:
                    values.Add(current.ToString());
                    current.Clear();
                    break;
                default:
                    current.Append(c);
                    break;
            }
        }
        if (quoted) throw Fault.BadRequest($"Invalid filter value {value.Truncated()}. The quote is not closed.");
        values.Add(current.ToString());
        return values;
    }
}
