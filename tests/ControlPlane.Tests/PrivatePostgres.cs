using System.Diagnostics;
using Npgsql;

namespace Cumulet.ControlPlane.Tests;

/// <summary>
/// A PostgreSQL of the tests' own, from the programs of Debian's package: a cluster in a temporary folder, reached by a unix
/// socket there, run by the unprivileged user <c>nobody</c> where the tests are root. The system's cluster is not touched.
/// </summary>
public sealed class PrivatePostgres : IAsyncLifetime
{
    private static readonly string Programs = Directory.Exists("/usr/lib/postgresql")
        ? Directory.EnumerateDirectories("/usr/lib/postgresql").Select(d => Path.Combine(d, "bin")).Order(StringComparer.Ordinal)
            .LastOrDefault(d => File.Exists(Path.Combine(d, "initdb"))) ?? Missing
        : Missing;

    private const string Missing = "";

    private readonly string _folder = Directory.CreateTempSubdirectory("cumulet-pg-").FullName;
    private Process? _server;

    private string Data => Path.Combine(_folder, "data");

    public async ValueTask InitializeAsync()
    {
        if (Programs == Missing)
            throw new InvalidOperationException("no /usr/lib/postgresql/*/bin/initdb: install the package postgresql, or run ./cumulet test");
        if (Environment.IsPrivilegedProcess) await Finish(Process.Start("chown", ["nobody", _folder]));
        await Finish(Run("initdb", "-D", Data, "-A", "trust", "-U", "cumulet", "-E", "UTF8", "--locale=C", "--no-sync"));
        await Up();
    }

    /// <summary>A new empty database.</summary>
    /// <returns>Its connection string.</returns>
    public async Task<string> NewDatabase()
    {
        var name = $"test_{Guid.NewGuid():N}";
        await using var connection = new NpgsqlConnection(ConnectionTo("postgres") + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand($"CREATE DATABASE {name}", connection);
        await command.ExecuteNonQueryAsync();
        return ConnectionTo(name);
    }

    private string ConnectionTo(string database) => $"Host={_folder};Username=cumulet;Database={database}";

    /// <summary>Kills every server process at once, as a power failure would.</summary>
    public async Task Crash()
    {
        await Finish(Run("pg_ctl", "-D", Data, "-m", "immediate", "-w", "stop"));
        await _server!.WaitForExitAsync();
    }

    /// <summary>Starts the server and returns when it takes connections.</summary>
    public async Task Up()
    {
        _server = Run("postgres", "-D", Data, "-k", _folder, "-c", "listen_addresses=", "-c", "max_connections=200", "-c", "log_min_messages=panic",
            // The server is killed, never the machine: what it has handed to the kernel stays.
            "-c", "fsync=off");
        for (var i = 0; i < 300; i++)
        {
            using var ask = Run("pg_isready", "-q", "-h", _folder);
            await ask.WaitForExitAsync();
            if (ask.ExitCode == 0) return;
            if (_server.HasExited) throw new InvalidOperationException("the test's PostgreSQL ended; see its messages above");
            await Task.Delay(50);
        }
        throw new TimeoutException("the test's PostgreSQL did not take connections within 15 s");
    }

    private static Process Run(string program, params string[] arguments)
    {
        var path = Path.Combine(Programs, program);
        string[] words = Environment.IsPrivilegedProcess
            ? ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", path, .. arguments]
            : [path, .. arguments];
        var start = new ProcessStartInfo(words[0], words[1..]) { WorkingDirectory = "/", RedirectStandardOutput = true };
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        return process;
    }

    private static async Task Finish(Process process)
    {
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{process.StartInfo.FileName} {string.Join(' ', process.StartInfo.ArgumentList)} ended with {process.ExitCode}");
        process.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        if (_server is { HasExited: false }) await Crash();
        _server?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
