using YamlDotNet.RepresentationModel;

namespace Cumulet.Cli.Connection;

/// <summary>
/// One cloud of <c>clouds.yaml</c>, with <c>secure.yaml</c> and a vendor's profile of <c>clouds-public.yaml</c> laid
/// over and under it. The files are looked for where openstacksdk looks: <c>OS_CLIENT_CONFIG_FILE</c>, the folder one
/// is in, the user's configuration folder, <c>/etc/openstack</c>; the first one found is taken.
/// </summary>
sealed class CloudsFile(YamlMappingNode? cloud)
{
    private readonly YamlMappingNode _cloud = cloud ?? [];

    /// <summary>A value of the cloud; <c>auth.x</c> falls back to a bare <c>x</c>.</summary>
    public string? this[string key] => Scalar(_cloud, key.Replace('-', '_'));

    /// <summary>A value of the cloud's <c>auth</c> section, or of the cloud itself.</summary>
    public string? Auth(string key) =>
        (_cloud.Children.TryGetValue("auth", out var auth) && auth is YamlMappingNode mapping ? Scalar(mapping, key) : null)
        ?? Scalar(_cloud, key);

    /// <summary>All plain values of the cloud, those of its <c>auth</c> section as <c>auth.x</c>.</summary>
    public IEnumerable<(string Key, string Value)> All => Plain(_cloud, "").Concat(
        _cloud.Children.TryGetValue("auth", out var auth) && auth is YamlMappingNode section ? Plain(section, "auth.") : []);

    private static IEnumerable<(string, string)> Plain(YamlMappingNode mapping, string prefix) => mapping.Children
        .Where(pair => pair.Value is YamlScalarNode).Select(pair =>
            (prefix + ((YamlScalarNode)pair.Key).Value!.Replace('-', '_'), ((YamlScalarNode)pair.Value).Value ?? ""));

    /// <summary>The name of the first of the cloud's regions.</summary>
    public string? FirstRegion =>
        _cloud.Children.TryGetValue("regions", out var regions) && regions is YamlSequenceNode { Children: [var first, ..] }
            ? first is YamlMappingNode named ? Scalar(named, "name") : (first as YamlScalarNode)?.Value
            : null;

    /// <summary>Reads the named cloud, or the only one when no name is given and nothing else says how to get in.</summary>
    /// <exception cref="CommandError">The cloud is not in the file, or the file cannot be read.</exception>
    public static CloudsFile Read(string? name, bool takeOnlyOne, Terminal terminal)
    {
        if (name is null && !takeOnlyOne) return new CloudsFile(null);
        var path = Find("clouds", terminal, "OS_CLIENT_CONFIG_FILE");
        var clouds = path is null ? null : Section(path, "clouds");
        if (name is null)
        {
            if (clouds is not { Children.Count: 1 }) return new CloudsFile(null);
            name = ((YamlScalarNode)clouds.Children[0].Key).Value!;
        }

        if (clouds is null || !clouds.Children.TryGetValue(name, out var found) || found is not YamlMappingNode cloud)
            throw new CommandError($"Cloud {name} was not found.");
        var secure = Find("secure", terminal, "OS_CLIENT_SECURE_FILE") is { } secret ? Section(secret, "clouds") : null;
        if (secure is not null && secure.Children.TryGetValue(name, out var hidden) && hidden is YamlMappingNode secrets)
            cloud = Merge(cloud, secrets);
        if (Scalar(cloud, "profile") is { } profile && Find("clouds-public", terminal, "OS_CLIENT_VENDOR_FILE") is { } vendors
            && Section(vendors, "public-clouds") is { } known && known.Children.TryGetValue(profile, out var vendor)
            && vendor is YamlMappingNode below)
            cloud = Merge(below, cloud);
        return new CloudsFile(cloud);
    }

    private static string? Find(string file, Terminal terminal, string variable)
    {
        if (terminal.Variable(variable) is { } chosen && File.Exists(Path.Combine(terminal.Folder, chosen)))
            return Path.Combine(terminal.Folder, chosen);
        var home = terminal.Variable("HOME") ?? "/";
        var config = terminal.Variable("XDG_CONFIG_HOME") ?? Path.Combine(home, ".config");
        return new[] { terminal.Folder, Path.Combine(config, "openstack"), Path.Combine(home, ".config/openstack"), "/etc/openstack" }
            .SelectMany(folder => new[] { ".yaml", ".yml", ".json" }.Select(end => Path.Combine(folder, file + end)))
            .FirstOrDefault(File.Exists);
    }

    private static YamlMappingNode? Section(string path, string name)
    {
        try
        {
            using var reader = new StreamReader(path);
            var stream = new YamlStream();
            stream.Load(reader);
            return stream.Documents is [{ RootNode: YamlMappingNode root }, ..]
                && root.Children.TryGetValue(name, out var section) ? section as YamlMappingNode : null;
        }
        catch (YamlDotNet.Core.YamlException error)
        {
            throw new CommandError($"{path} is not YAML: line {error.Start.Line}: {error.Message}");
        }
    }

    private static YamlMappingNode Merge(YamlMappingNode below, YamlMappingNode above)
    {
        var merged = new YamlMappingNode(below.Children);
        foreach (var (key, value) in above.Children)
        {
            merged.Children[key] = value is YamlMappingNode upper && merged.Children.TryGetValue(key, out var lower)
                && lower is YamlMappingNode mapping ? Merge(mapping, upper) : value;
        }

        return merged;
    }

    private static string? Scalar(YamlMappingNode mapping, string key)
    {
        foreach (var spelling in new[] { key, key.Replace('_', '-') })
        {
            if (!mapping.Children.TryGetValue(spelling, out var value)) continue;
            if (value is YamlScalarNode { Value: { Length: > 0 } text }) return text;
            // A list of words, auth_methods: as they are written on a command line.
            if (value is YamlSequenceNode { Children: [YamlScalarNode, ..] words }) return string.Join(',', words.OfType<YamlScalarNode>().Select(word => word.Value));
        }

        return null;
    }
}
