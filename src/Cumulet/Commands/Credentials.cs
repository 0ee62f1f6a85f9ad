using System.Runtime.InteropServices;
using YamlDotNet.RepresentationModel;

namespace Cumulet.Commands;

/// <summary>How a user gets in: <c>openrc</c> in the state folder and the entries in their <c>clouds.yaml</c>.</summary>
internal static partial class Credentials
{
    public static string CloudsYamlPath() => Path.Combine(UserHome(), ".config", "openstack", "clouds.yaml");

    /// <summary>Under sudo the person's own home, not root's.</summary>
    private static string UserHome() =>
        Environment.GetEnvironmentVariable("SUDO_USER") is { Length: > 0 } person && Directory.Exists($"/home/{person}")
            ? $"/home/{person}"
            : Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);

    public static void WriteOpenRc(StateFolder folder, string url, string? certificate)
    {
        if (folder.ReadCredentials() is not { } first) return;
        StateFolder.WriteSecret(folder.OpenRc, $"""
            # The administrator of the Cumulet cloud in {folder.Path}.
            unset OS_CLOUD OS_TOKEN OS_APPLICATION_CREDENTIAL_ID OS_APPLICATION_CREDENTIAL_SECRET
            export OS_AUTH_URL={url}/identity/v3
            export OS_IDENTITY_API_VERSION=3
            export OS_REGION_NAME={first.Region}
            export OS_USERNAME=admin
            export OS_PASSWORD={first.AdminPassword}
            export OS_PROJECT_NAME=admin
            export OS_USER_DOMAIN_NAME=Default
            export OS_PROJECT_DOMAIN_NAME=Default
            {(certificate is null ? "unset OS_CACERT" : $"export OS_CACERT={certificate}")}

            """);
    }

    /// <summary>
    /// Writes the entries <c>cumulet</c> (administrator) and <c>cumulet-demo</c>; every other entry stays as it was. A cloud
    /// on another port than the usual one gets that port in its name: <c>cumulet-9000</c>.
    /// </summary>
    public static void WriteCloudsYaml(StateFolder folder, string url, int port)
    {
        if (folder.ReadCredentials() is not { } first) return;
        var path = CloudsYamlPath();
        var existed = File.Exists(path);
        var clouds = Load(path, out var stream);
        var name = port == 8774 ? "cumulet" : $"cumulet-{port}";
        // The name `cumulet` belongs to the first cloud of this user, whatever its port.
        if (port != 8774 && !clouds.Children.ContainsKey(new YamlScalarNode("cumulet"))) name = "cumulet";
        if (clouds.Children.TryGetValue(new YamlScalarNode("cumulet"), out var entry) && Belongs(entry, folder)) name = "cumulet";
        var certificate = url.StartsWith("https", StringComparison.Ordinal) ? folder.Certificate : null;
        clouds.Children[new YamlScalarNode(name)] = Entry(url, "admin", first.AdminPassword, "admin", first.Region, certificate, folder);
        clouds.Children[new YamlScalarNode($"{name}-demo")] = Entry(url, "demo", first.DemoPassword, "demo", first.Region, certificate, folder);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using var text = new StringWriter();
        stream.Save(text, assignAnchors: false);
        StateFolder.WriteSecret(path, text.ToString());
        if (!existed) GiveToPerson(path);
    }

    private static bool Belongs(YamlNode entry, StateFolder folder) =>
        entry is YamlMappingNode map && map.Children.TryGetValue(new YamlScalarNode("x-cumulet-state"), out var state)
        && state is YamlScalarNode { Value: { } path } && path == folder.Path;

    private static YamlMappingNode Load(string path, out YamlStream stream)
    {
        stream = [];
        if (File.Exists(path))
        {
            using var reader = new StreamReader(path);
            stream.Load(reader);
        }
        if (stream.Documents.Count == 0) stream.Add(new YamlDocument(new YamlMappingNode()));
        if (stream.Documents[0].RootNode is not YamlMappingNode root)
            throw new CommandFailedException($"{path} is not a clouds.yaml (its top must be a mapping); mend or move it, then run `cumulet up` again");
        if (!root.Children.TryGetValue(new YamlScalarNode("clouds"), out var clouds) || clouds is not YamlMappingNode)
            root.Children[new YamlScalarNode("clouds")] = clouds = new YamlMappingNode();
        return (YamlMappingNode)clouds;
    }

    private static YamlMappingNode Entry(
        string url, string user, string password, string project, string region, string? certificate, StateFolder folder)
    {
        var entry = new YamlMappingNode
        {
            { "auth", new YamlMappingNode
                {
                    { "auth_url", $"{url}/identity/v3" },
                    { "username", user },
                    { "password", password },
                    { "project_name", project },
                    { "user_domain_name", "Default" },
                    { "project_domain_name", "Default" },
                }
            },
            { "region_name", region },
            { "identity_api_version", "3" },
            { "x-cumulet-state", folder.Path },
        };
        if (certificate is not null) entry.Add("cacert", certificate);
        return entry;
    }

    private static void GiveToPerson(string path)
    {
        if (!uint.TryParse(Environment.GetEnvironmentVariable("SUDO_UID"), out var uid)) return;
        if (!uint.TryParse(Environment.GetEnvironmentVariable("SUDO_GID"), out var gid)) return;
        foreach (var made in (string[])[Path.GetDirectoryName(Path.GetDirectoryName(path))!, Path.GetDirectoryName(path)!, path])
            _ = Chown(made, uid, gid);
    }

    [LibraryImport("libc", EntryPoint = "chown", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Chown(string path, uint owner, uint group);
}
