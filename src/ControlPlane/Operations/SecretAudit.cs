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

    public static IReadOnlyList<string> Files(string state)
    {
        var findings = new List<string>();
        if ((File.GetUnixFileMode(state) & Others) != 0) findings.Add("the state folder is open to others; run chmod 700 on it");
        var keys = Path.Combine(state, "token-keys");
        if ((File.GetUnixFileMode(keys) & Others) != 0) findings.Add("the file token-keys is open to others; run chmod 600 on it");
        var secrets = File.ReadAllLines(keys).Where(line => line.Length > 0).ToList();
        foreach (var log in Directory.EnumerateFiles(state, "*.log").Where(log => secrets.Exists(Tail(log).Contains)))
            findings.Add($"{Path.GetFileName(log)} holds a key of token-keys");
        findings.AddRange(Processes(secrets));
        return findings;
    }

    private static string Tail(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        if (file.Length > MaxLogBytes) file.Seek(-MaxLogBytes, SeekOrigin.End);
        using var reader = new StreamReader(file);
        return reader.ReadToEnd();
    }

    // Our guests and tools, and whatever else: a key has no business in any process's arguments.
    private static IEnumerable<string> Processes(List<string> secrets)
    {
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var pid) && pid != Environment.ProcessId)
                foreach (var what in (string[])["cmdline", "environ"])
                    if (secrets.Exists(Text(Path.Combine(folder, what)).Contains)) yield return $"process {pid} has a key of token-keys in its {what}";
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
