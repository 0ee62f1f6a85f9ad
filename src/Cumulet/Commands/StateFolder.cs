using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Win32.SafeHandles;

namespace Cumulet.Commands;

/// <summary>What the daemon leaves in its state folder for the commands: who runs there, and the first passwords.</summary>
internal sealed partial class StateFolder(string path)
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
    /// <summary>What a reset put aside: the next daemon removes it while it works.</summary>
    public string Discarded => In("discarded");
    public string Certificate => In("tls/cert.pem");
    public string CertificateKey => In("tls/key.pem");

    private string In(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Null where no daemon has the folder; the lock decides, since a file may be left over from a crash.</summary>
    public RunningDaemon? Running()
    {
        if (!File.Exists(LockFile)) return null;
        using (var free = TryLock())
            if (free is not null) return null;
        return Last() is { IsAlive: true } last ? last : null;
    }

    // Who wrote the file: the daemon that runs, or one that was killed.
    private RunningDaemon? Last() => File.Exists(DaemonFile)
        ? JsonSerializer.Deserialize(File.ReadAllText(DaemonFile), StateJson.Default.RunningDaemon)
        : null;

    /// <summary>
    /// Takes the folder for this process, also right after a daemon was killed: what it was starting in that moment has its lock until
    /// it is another program. Null when another daemon has it.
    /// </summary>
    public async Task<FileStream?> Lock()
    {
        if (TryLock() is { } free) return free;
        if (Last() is not { IsAlive: false }) return null;
        try
        {
            await Released().WaitAsync(TimeSpan.FromSeconds(5));
        }
        catch (TimeoutException)
        {
            // It is held by somebody who lives and has not written the file yet: another start.
        }
        return TryLock();
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

    /// <summary>Completes when the daemon's process is gone: the kernel gives up its lock at the very end.</summary>
    public Task Released() => Task.Factory.StartNew(() =>
    {
        // Not by File.OpenHandle, which takes a lock of its own and refuses instead of waiting.
        using var file = new SafeFileHandle(Open(LockFile, CloseOnExec), ownsHandle: true);
        if (file.IsInvalid || Flock((int)file.DangerousGetHandle(), Exclusive) != 0)
            throw new IOException($"cannot wait for {LockFile}: error {Marshal.GetLastPInvokeError()}");
    }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private const int CloseOnExec = 0x80000;
    private const int Exclusive = 2;

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    private static partial int Flock(int file, int operation);

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
internal sealed record RunningDaemon(int Pid, string Url, string Version, IReadOnlyList<string> Arguments)
{
    [JsonIgnore]
    public bool IsAlive => Directory.Exists($"/proc/{Pid}");
}

/// <summary>The users that the first start made.</summary>
internal sealed record FirstCredentials(string AdminPassword, string DemoPassword, string Region)
{
    /// <summary>The hashes that the first start computed, so that a reset need not do it again; gone with a password that a person changed here.</summary>
    public KnownHashes? Hashes { get; init; }

    public FirstCredentials With((string Admin, string Demo) hashes) => this with { Hashes = new KnownHashes(Mark(), hashes.Admin, hashes.Demo) };

    public (string Admin, string Demo)? HashesOfThese() => Hashes is { } known && known.Of == Mark() ? (known.Admin, known.Demo) : null;

    private string Mark() => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes($"{AdminPassword}\n{DemoPassword}")));
}

/// <param name="Of">A digest of the passwords that they belong to.</param>
internal sealed record KnownHashes(string Of, string Admin, string Demo);

[JsonSerializable(typeof(RunningDaemon))]
[JsonSerializable(typeof(FirstCredentials))]
internal sealed partial class StateJson : JsonSerializerContext;
