using System.Text.Json;
using System.Text.Json.Serialization;

namespace Cumulet.Commands;

/// <summary>What the daemon leaves in its state folder for the commands: who runs there, and the first passwords.</summary>
internal sealed class StateFolder(string path)
{
    public string Path { get; } = System.IO.Path.GetFullPath(path);

    public static string Default => Environment.UserName == "root"
        ? "/var/lib/cumulet"
        : System.IO.Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData), "cumulet");

    public string LockFile => In("cumulet.lock");
    public string DaemonFile => In("daemon.json");
    public string ControlSocket => In("control.sock");
    public string LogFile => In("cumulet.log");
    public string CredentialsFile => In("credentials.json");
    public string OpenRc => In("openrc");
    public string Certificate => In("tls/cert.pem");
    public string CertificateKey => In("tls/key.pem");

    private string In(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Null where no daemon has the folder; the lock decides, since a file may be left over from a crash.</summary>
    public RunningDaemon? Running()
    {
        if (!File.Exists(LockFile) || TryLock() is { } free && Released(free)) return null;
        return File.Exists(DaemonFile)
            ? JsonSerializer.Deserialize(File.ReadAllText(DaemonFile), StateJson.Default.RunningDaemon)
            : null;
    }

    /// <summary>Takes the folder for this process; null when another one has it.</summary>
    public FileStream? TryLock()
    {
        Directory.CreateDirectory(Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        try
        {
            return new FileStream(LockFile, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static bool Released(FileStream held)
    {
        held.Dispose();
        return true;
    }

    public void Write(RunningDaemon daemon) =>
        WriteSecret(DaemonFile, JsonSerializer.Serialize(daemon, StateJson.Default.RunningDaemon));

    public FirstCredentials? ReadCredentials() => File.Exists(CredentialsFile)
        ? JsonSerializer.Deserialize(File.ReadAllText(CredentialsFile), StateJson.Default.FirstCredentials)
        : null;

    public void Write(FirstCredentials credentials) =>
        WriteSecret(CredentialsFile, JsonSerializer.Serialize(credentials, StateJson.Default.FirstCredentials));

    /// <summary>Whole or not at all, and never readable by others, not even for a moment.</summary>
    public static void WriteSecret(string path, string text)
    {
        var temporary = $"{path}.{Environment.ProcessId}";
        File.Delete(temporary);
        using (var stream = new FileStream(temporary, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        }))
        using (var writer = new StreamWriter(stream))
        {
            writer.Write(text);
            writer.Flush();
            stream.Flush(flushToDisk: true);
        }
        File.Move(temporary, path, overwrite: true);
    }
}

/// <param name="Arguments">Of <c>cumulet serve</c>, so that <c>reset</c> starts the same cloud again.</param>
internal sealed record RunningDaemon(int Pid, string Url, string Version, IReadOnlyList<string> Arguments);

/// <summary>The users that the first start made.</summary>
internal sealed record FirstCredentials(string AdminPassword, string DemoPassword, string Region);

[JsonSerializable(typeof(RunningDaemon))]
[JsonSerializable(typeof(FirstCredentials))]
internal sealed partial class StateJson : JsonSerializerContext;
