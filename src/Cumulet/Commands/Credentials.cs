using System.Runtime.InteropServices;
using Cumulet.Cli;
using Cumulet.Cli.Connection;

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
    public static void WriteCloudsYaml(StateFolder folder, string url)
    {
        if (folder.ReadCredentials() is not { } first) return;
        var path = CloudsYamlPath();
        var existed = File.Exists(path);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        try
        {
            StateFolder.WriteSecret(path, WithEntries(existed ? File.ReadAllText(path) : "", first, folder, url));
        }
        catch (CommandError fault)
        {
            throw new CommandFailedException($"{path} cannot be used as a clouds.yaml: {fault.Message}; mend or move it, then run `cumulet up` again");
        }
        if (!existed) GiveToPerson(path);
    }

    private static string WithEntries(string text, FirstCredentials first, StateFolder folder, string url)
    {
        var (file, port) = (new CloudsYaml(text), new Uri(url).Port);
        var name = port == 8774 ? "cumulet" : $"cumulet-{port}";
        // The name `cumulet` belongs to the first cloud of this user, whatever its port.
        if (port != 8774 && !file.Has("cumulet")) name = "cumulet";
        if (file.StateOf("cumulet") == folder.Path) name = "cumulet";
        var certificate = url.StartsWith("https", StringComparison.Ordinal) ? folder.Certificate : null;
        return file
            .With(name, new CloudEntry(url, "admin", first.AdminPassword, first.Region, certificate, folder.Path))
            .With($"{name}-demo", new CloudEntry(url, "demo", first.DemoPassword, first.Region, certificate, folder.Path))
            .Text;
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
