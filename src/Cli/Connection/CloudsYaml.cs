using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;

namespace Cumulet.Cli.Connection;

/// <summary>One entry of a <c>clouds.yaml</c>: user and project have the same name.</summary>
/// <param name="Url">Of the cloud, without a path.</param>
/// <param name="Certificate">The file of the authority that signed the cloud's certificate; null for plain HTTP.</param>
public sealed record CloudEntry(string Url, string Name, string Password, string Region, string? Certificate, string StateFolder)
{
    /// <summary>The lines below the entry's name, for a name that is indented so far.</summary>
    internal IEnumerable<string> Lines(string indent)
    {
        yield return $"{indent}  auth:";
        yield return $"{indent}    auth_url: {Quoted($"{Url}/identity/v3")}";
        yield return $"{indent}    username: {Name}";
        yield return $"{indent}    password: {Quoted(Password)}";
        yield return $"{indent}    project_name: {Name}";
        yield return $"{indent}    user_domain_name: Default";
        yield return $"{indent}    project_domain_name: Default";
        yield return $"{indent}  region_name: {Quoted(Region)}";
        yield return $"{indent}  identity_api_version: 3";
        yield return $"{indent}  x-cumulet-state: {Quoted(StateFolder)}";
        if (Certificate is not null) yield return $"{indent}  cacert: {Quoted(Certificate)}";
    }

    private static string Quoted(string value) => $"'{value.Replace("'", "''")}'";
}

/// <summary>
/// A user's <c>clouds.yaml</c>, edited as text: an entry is put in its place line by line, and everything else stays as the
/// user wrote it, comments included.
/// </summary>
public sealed class CloudsYaml
{
    private readonly YamlMappingNode _clouds;
    private readonly bool _isBlock;
    private readonly int _cloudsLine;

    /// <param name="text">The whole file; empty where there is none yet.</param>
    /// <exception cref="CommandError">It is no YAML, or none that clouds can be in; the message says why, not in which file.</exception>
    public CloudsYaml(string text)
    {
        Text = text;
        var root = Root(text);
        var key = new YamlScalarNode("clouds");
        _isBlock = root is { Style: not MappingStyle.Flow };
        _cloudsLine = root.Children.Keys.FirstOrDefault(k => k.Equals(key)) is { } name ? Line(name.Start) : -1;
        var clouds = root.Children.TryGetValue(key, out var found) ? found : new YamlScalarNode("");
        // `clouds:` with nothing below it is a null, and as good as none.
        _clouds = clouds switch
        {
            YamlMappingNode map => map,
            YamlScalarNode { Value: null or "" or "~" or "null" } => [],
            _ => throw new CommandError("its `clouds` must be a mapping"),
        };
        _isBlock &= clouds is not YamlMappingNode { Style: MappingStyle.Flow } && (_cloudsLine < 0 || clouds is YamlMappingNode || _clouds.Children.Count == 0);
    }

    /// <summary>The file as it is now.</summary>
    public string Text { get; }

    /// <summary>Whether it has an entry of this name.</summary>
    public bool Has(string name) => _clouds.Children.ContainsKey(new YamlScalarNode(name));

    /// <summary>The state folder that an entry of ours names; null for everybody else's.</summary>
    public string? StateOf(string name) =>
        _clouds.Children.TryGetValue(new YamlScalarNode(name), out var entry) && entry is YamlMappingNode map
        && map.Children.TryGetValue(new YamlScalarNode("x-cumulet-state"), out var state) ? (state as YamlScalarNode)?.Value : null;

    /// <summary>The file with this entry, in the place of the one that had the name, or as the last one.</summary>
    /// <exception cref="CommandError">The file is written in braces.</exception>
    public CloudsYaml With(string name, CloudEntry entry)
    {
        // One line in braces has no place for an entry of many.
        if (!_isBlock) throw new CommandError("it is written in braces, and only block style can be added to");
        var lines = Text.Length == 0 ? [] : Text.TrimEnd('\n').Split('\n').ToList();
        // The end of a document would keep the next entry out.
        while (lines.Count > 0 && lines[^1].TrimEnd() is "..." or "") lines.RemoveAt(lines.Count - 1);
        var indent = new string(' ', _clouds.Children.Keys.FirstOrDefault() is { } some ? (int)some.Start.Column - 1 : 2);
        IEnumerable<string> written = [$"{indent}{name}:", .. entry.Lines(indent)];
        if (_clouds.Children.Keys.FirstOrDefault(k => k.Equals(new YamlScalarNode(name))) is { } old)
        {
            var first = Line(old.Start);
            lines.RemoveRange(first, LastLine(_clouds.Children[old]) - first + 1);
            lines.InsertRange(first, written);
        }
        else if (_cloudsLine >= 0)
        {
            // A null that is written out would stand before the entry.
            if (_clouds.Children.Count == 0) lines[_cloudsLine] = "clouds:";
            var last = _clouds.Children.Count == 0 ? _cloudsLine : _clouds.Children.Values.Max(LastLine);
            lines.InsertRange(last + 1, written);
        }
        else
        {
            lines.Add("clouds:");
            lines.AddRange(written);
        }
        return new CloudsYaml(string.Join('\n', lines) + "\n");
    }

    private static YamlMappingNode Root(string text)
    {
        try
        {
            var stream = new YamlStream();
            stream.Load(new StringReader(text));
            return stream.Documents.Count switch
            {
                0 => [],
                1 => stream.Documents[0].RootNode as YamlMappingNode ?? throw new CommandError("its top must be a mapping"),
                _ => throw new CommandError("it holds more than one document"),
            };
        }
        catch (YamlException fault)
        {
            throw new CommandError($"line {fault.Start.Line}: {fault.Message}");
        }
    }

    private static int Line(Mark mark) => (int)mark.Line - 1;

    // A mapping ends where the next thing begins, comments between them included; its last scalar ends where it ends.
    private static int LastLine(YamlNode node) => node switch
    {
        YamlMappingNode { Style: not MappingStyle.Flow, Children.Count: > 0 } map => map.Children.Max(c => Math.Max(LastLine(c.Key), LastLine(c.Value))),
        YamlSequenceNode { Style: not SequenceStyle.Flow, Children.Count: > 0 } list => list.Children.Max(LastLine),
        // A block scalar's end is the start of the line after it.
        YamlScalarNode { Style: ScalarStyle.Literal or ScalarStyle.Folded } block => Math.Max(Line(block.Start), Line(block.End) - 1),
        _ => Math.Max(Line(node.Start), Line(node.End)),
    };
}
