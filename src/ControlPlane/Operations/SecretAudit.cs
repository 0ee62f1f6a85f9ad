using System.Globalization;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Operations;

/// <summary>
/// Where what must stay secret could be read: rows that should hold only hashes, folders and files open to others, the
/// arguments and environments of processes we started, the daemon's log.
/// </summary>
internal static class SecretAudit
{
    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;
    private const int MaxLogBytes = 16 << 20;

    public static IReadOnlyList<string> Rows(Tx tx) =>
    [
        .. tx.Query($"SELECT user_id FROM identity_passwords WHERE hash NOT LIKE '$2%'", row => $"the password of user {row.Text()} is not kept as a hash"),
        .. tx.Query($"SELECT id FROM identity_application_credentials WHERE secret_hash NOT LIKE '$2%'",
            row => $"the secret of application credential {row.Text()} is not kept as a hash"),
        .. tx.Query($"SELECT id FROM identity_credentials WHERE blob LIKE '%{{%' OR blob LIKE '%\"%'", row => $"credential {row.Text()} is not sealed"),
    ];

    /// <param name="passphrases">Keys of encrypted disks.</param>
    /// <param name="bucketKey">What opens the bucket of the backups.</param>
    public static IReadOnlyList<string> Files(string state, IReadOnlyList<string> passphrases, string? bucketKey)
    {
        var findings = new List<string>();
        if ((File.GetUnixFileMode(state) & Others) != 0) findings.Add("the state folder is open to others; run chmod 700 on it");
        var secrets = passphrases.Select(text => new Secret("the key of an encrypted volume", text)).ToList();
        if (bucketKey is not null) secrets.Add(new Secret("the secret key of the backup target", bucketKey));
        foreach (var name in (string[])["token-keys", "volume-keys"])
        {
            var keys = Path.Combine(state, name);
            if (!File.Exists(keys)) continue;
            if ((File.GetUnixFileMode(keys) & Others) != 0) findings.Add($"the file {name} is open to others; run chmod 600 on it");
            secrets.AddRange(File.ReadAllLines(keys).Where(line => line.Length > 0).Select(line => new Secret($"a key of {name}", line)));
        }
        foreach (var log in Directory.EnumerateFiles(state, "*.log"))
            if (Told(Tail(log), secrets) is { } what) findings.Add($"{Path.GetFileName(log)} holds {what}");
        findings.AddRange(Processes(secrets));
        return findings;
    }

    private sealed record Secret(string What, string Text);

    private static string? Told(string text, List<Secret> secrets) =>
        secrets.Find(secret => text.Contains(secret.Text, StringComparison.Ordinal))?.What;

    private static string Tail(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        if (file.Length > MaxLogBytes) file.Seek(-MaxLogBytes, SeekOrigin.End);
        using var reader = new StreamReader(file);
        return reader.ReadToEnd();
    }

    // Our guests and tools, and whatever else: a key has no business in any process's arguments.
    private static IEnumerable<string> Processes(List<Secret> secrets)
    {
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var pid) && pid != Environment.ProcessId)
                foreach (var what in (string[])["cmdline", "environ"])
                    if (Told(Text(Path.Combine(folder, what)), secrets) is { } secret)
                        yield return $"process {pid} ({Text(Path.Combine(folder, "comm")).Trim()}) has {secret} in its {what}";
    }

    private static string Text(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
