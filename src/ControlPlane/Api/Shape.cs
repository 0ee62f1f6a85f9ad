using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Cumulet.ControlPlane.Api;

/// <summary>
/// What a JSON value must look like, said once per body, with the microversion at which each member appears. Refusals
/// word like the services' own JSON schema checks: field, value and what is wrong with it.
/// </summary>
public abstract class Shape
{
    /// <summary>Checks the value found at <paramref name="path"/>; throws a 400 that names field, value and mend.</summary>
    public void Check(JsonElement value, string path, Microversion version)
    {
        if (Problem(value, path, version) is { } problem) throw Fault.BadRequest(problem);
    }

    /// <summary>The first thing wrong, or null.</summary>
    protected internal abstract string? Problem(JsonElement value, string path, Microversion version);

    protected static string Wrong(string path, JsonElement value, string reason)
    {
        var text = value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
        if (text.Length > 200) text = text[..200] + "…";
        return $"Invalid input for field/attribute {path}. Value: {text}. {reason}";
    }

    public static Shape Text(int min = 0, int max = 255, string? pattern = null, string? mend = null) =>
        new TextShape(min, max, pattern is null ? null : new Regex(pattern, RegexOptions.CultureInvariant), mend);

    /// <summary>A name as the services take it: 1 to 255 characters, printable, not only blanks.</summary>
    public static Shape Name(int max = 255) =>
        new TextShape(1, max, new Regex(@"^(?!\s*$)[^\u0000-\u001f\u007f]*$", RegexOptions.CultureInvariant),
            "a name has printable characters and is not only blanks");

    public static Shape Uuid => new TextShape(0, 64, null, null) { IsUuid = true };
    /// <summary>An integer; as OpenStack has it, a text of digits counts as one.</summary>
    public static Shape Integer(long min = long.MinValue, long max = long.MaxValue) => new IntegerShape(min, max);
    public static Shape Number => new KindShape("number", JsonValueKind.Number);
    /// <summary>true, false, or one of the texts OpenStack takes for them.</summary>
    public static Shape Flag => new FlagShape(strict: false);
    public static Shape StrictFlag => new FlagShape(strict: true);
    public static Shape Null => new KindShape("null", JsonValueKind.Null);
    public static Shape Any => new AnyShape();
    public static Shape AnyObject => new KindShape("object", JsonValueKind.Object);
    public static Shape OneOf(params string[] values) => new EnumShape(values);
    public static Shape OrNull(Shape inner) => new OrNullShape(inner);
    public static Shape Either(params Shape[] shapes) => new EitherShape(shapes);
    public static Shape List(Shape item, int min = 0, int max = int.MaxValue, bool unique = false) =>
        new ListShape(item, min, max, unique);
    /// <summary>An object of texts to texts: metadata, properties.</summary>
    public static Shape Map(string keyPattern, Shape value, int max = int.MaxValue) =>
        new MapShape(new Regex(keyPattern, RegexOptions.CultureInvariant), value, max);
    public static ObjectShape Object(params Member[] members) => new(members);

    private sealed class AnyShape : Shape
    {
        protected internal override string? Problem(JsonElement value, string path, Microversion version) => null;
    }

    private sealed class KindShape(string name, params JsonValueKind[] kinds) : Shape
    {
        protected internal override string? Problem(JsonElement value, string path, Microversion version) =>
            kinds.Contains(value.ValueKind) ? null : Wrong(path, value, $"{value.GetRawText().Truncated()} is not of type '{name}'");
    }

    private sealed class TextShape(int min, int max, Regex? pattern, string? mend) : Shape
    {
        public bool IsUuid { get; init; }

        protected internal override string? Problem(JsonElement value, string path, Microversion version)
        {
            if (value.ValueKind != JsonValueKind.String)
                return Wrong(path, value, $"{value.GetRawText().Truncated()} is not of type 'string'");
            var text = value.GetString()!;
            if (IsUuid) return Guid.TryParse(text, out _) ? null : Wrong(path, value, $"'{text.Truncated()}' is not a 'uuid'");
            var length = new StringInfo(text).LengthInTextElements <= max ? text.Length : int.MaxValue;
            if (text.Length < min) return Wrong(path, value, $"'{text}' is too short");
            if (length > max && text.EnumerateRunes().Count() > max)
                return Wrong(path, value, $"'{text.Truncated()}' is too long: {max} characters at most");
            if (pattern is not null && !pattern.IsMatch(text))
                return Wrong(path, value, mend ?? $"'{text.Truncated()}' does not match '{pattern}'");
            return null;
        }
    }

    private sealed class IntegerShape(long min, long max) : Shape
    {
        protected internal override string? Problem(JsonElement value, string path, Microversion version)
        {
            long number;
            var isNumber = value.ValueKind switch
            {
                JsonValueKind.Number => value.TryGetInt64(out number),
                JsonValueKind.String => long.TryParse(value.GetString(), NumberStyles.AllowLeadingSign,
                    CultureInfo.InvariantCulture, out number),
                _ => Fails(out number),
            };
            if (!isNumber) return Wrong(path, value, $"{value.GetRawText().Truncated()} is not of type 'integer'");
            if (number < min) return Wrong(path, value, $"{number} is less than the minimum of {min}");
            if (number > max) return Wrong(path, value, $"{number} is greater than the maximum of {max}");
            return null;
        }

        private static bool Fails(out long number)
        {
            number = 0;
            return false;
        }
    }

    private sealed class FlagShape(bool strict) : Shape
    {
        protected internal override string? Problem(JsonElement value, string path, Microversion version)
        {
            if (value.ValueKind is JsonValueKind.True or JsonValueKind.False) return null;
            if (!strict && value.ValueKind == JsonValueKind.String && JsonReading.IsFlagText(value.GetString()!)) return null;
            return Wrong(path, value, $"{value.GetRawText().Truncated()} is not of type 'boolean'");
        }
    }

    private sealed class EnumShape(string[] values) : Shape
    {
        protected internal override string? Problem(JsonElement value, string path, Microversion version) =>
            value.ValueKind == JsonValueKind.String && values.Contains(value.GetString(), StringComparer.Ordinal)
                ? null
                : Wrong(path, value, $"{value.GetRawText().Truncated()} is not one of ['{string.Join("', '", values)}']");
    }

    private sealed class OrNullShape(Shape inner) : Shape
    {
        protected internal override string? Problem(JsonElement value, string path, Microversion version) =>
            value.ValueKind == JsonValueKind.Null ? null : inner.Problem(value, path, version);
    }

    private sealed class EitherShape(Shape[] shapes) : Shape
    {
        protected internal override string? Problem(JsonElement value, string path, Microversion version)
        {
            string? last = null;
            foreach (var shape in shapes)
            {
                last = shape.Problem(value, path, version);
                if (last is null) return null;
            }
            return last;
        }
    }

    private sealed class ListShape(Shape item, int min, int max, bool unique) : Shape
    {
        protected internal override string? Problem(JsonElement value, string path, Microversion version)
        {
            if (value.ValueKind != JsonValueKind.Array)
                return Wrong(path, value, $"{value.GetRawText().Truncated()} is not of type 'array'");
            var count = value.GetArrayLength();
            if (count < min) return Wrong(path, value, $"{value.GetRawText().Truncated()} is too short");
            if (count > max) return Wrong(path, value, $"{value.GetRawText().Truncated()} is too long: {max} items at most");
            if (unique && value.EnumerateArray().Select(v => v.GetRawText()).Distinct().Count() != count)
                return Wrong(path, value, $"{value.GetRawText().Truncated()} has non-unique elements");
            var index = 0;
            foreach (var element in value.EnumerateArray())
                if (item.Problem(element, $"{path}.{index++}", version) is { } problem) return problem;
            return null;
        }
    }

    private sealed class MapShape(Regex key, Shape item, int max) : Shape
    {
        protected internal override string? Problem(JsonElement value, string path, Microversion version)
        {
            if (value.ValueKind != JsonValueKind.Object)
                return Wrong(path, value, $"{value.GetRawText().Truncated()} is not of type 'object'");
            if (value.GetPropertyCount() > max) return Wrong(path, value, $"it has more than {max} members");
            foreach (var property in value.EnumerateObject())
            {
                if (!key.IsMatch(property.Name))
                    return Wrong(path, value, $"'{property.Name.Truncated()}' does not match any of the regexes: '{key}'");
                if (item.Problem(property.Value, $"{path}.{property.Name}", version) is { } problem) return problem;
            }
            return null;
        }
    }
}

/// <summary>One member of an object: its shape, whether it must be there, and the microversions that know it.</summary>
public sealed record Member(string Name, Shape Shape)
{
    public bool Required { get; init; }
    public Microversion? First { get; init; }
    public Microversion? Last { get; init; }

    public static Member Must(string name, Shape shape) => new(name, shape) { Required = true };
    public static Member May(string name, Shape shape) => new(name, shape);
    public Member Since(int major, int minor) => this with { First = new(major, minor) };
    public Member Until(int major, int minor) => this with { Last = new(major, minor) };

    internal bool KnownAt(Microversion version) =>
        (First is not { } first || version >= first) && (Last is not { } last || version <= last);
}

/// <summary>An object with declared members; others are refused unless <see cref="Open"/> was asked for.</summary>
public sealed class ObjectShape(IReadOnlyList<Member> members) : Shape
{
    private readonly Dictionary<string, List<Member>> _members =
        members.GroupBy(m => m.Name).ToDictionary(g => g.Key, g => g.ToList(), StringComparer.Ordinal);
    private bool _open;

    /// <summary>Takes unknown members as the real service does at this place.</summary>
    public ObjectShape Open()
    {
        _open = true;
        return this;
    }

    protected internal override string? Problem(JsonElement value, string path, Microversion version)
    {
        if (value.ValueKind != JsonValueKind.Object)
            return Wrong(path, value, $"{value.GetRawText().Truncated()} is not of type 'object'");
        foreach (var property in value.EnumerateObject())
        {
            var member = _members.GetValueOrDefault(property.Name)?.Find(m => m.KnownAt(version));
            if (member is null && _open) continue;
            if (member is null)
                return Wrong(path, value, $"Additional properties are not allowed ('{property.Name.Truncated()}' was unexpected)");
            if (member.Shape.Problem(property.Value, property.Name, version) is { } problem) return problem;
        }
        foreach (var member in members)
            if (member.Required && member.KnownAt(version) && !value.TryGetProperty(member.Name, out _))
                return Wrong(path, value, $"'{member.Name}' is a required property");
        return null;
    }
}
