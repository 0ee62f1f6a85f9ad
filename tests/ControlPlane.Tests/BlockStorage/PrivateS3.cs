using System.Diagnostics;
using System.Globalization;
using Cumulet.ControlPlane.BlockStorage.Backups.Target;
using Cumulet.ControlPlane.BlockStorage.Backups.Target.S3;

namespace Cumulet.ControlPlane.Tests.BlockStorage;

/// <summary>
/// An S3-compatible store of the tests' own: OpenStack Swift with its S3 API, from Debian's package python3-swift, in one process
/// and a temporary folder. It ends with the tests, whatever becomes of them.
/// </summary>
public sealed class PrivateS3 : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("cumulet-s3-").FullName;
    // Like a real one it is in no other process's arguments: a word that might be, the audit would find there.
    private readonly string _secret = Guid.NewGuid().ToString("N");
    private Process? _server;
    private int _port;

    public ValueTask InitializeAsync() => new(Up());

    /// <summary>Starts the store, again at the same port, and returns when it answers.</summary>
    public async Task Up()
    {
        // Debian's own interpreter: another one has not the package.
        _server = Process.Start(new ProcessStartInfo("/usr/bin/python3",
            [Path.Combine(AppContext.BaseDirectory, "swift-s3.py"), _folder, _port.ToString(CultureInfo.InvariantCulture)])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        await _server.StandardInput.WriteLineAsync(_secret);
        await _server.StandardInput.FlushAsync();
        // Read, or it would wait for that one day; of use only where it does not start.
        var errors = _server.StandardError.ReadToEndAsync();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var line = await _server.StandardOutput.ReadLineAsync(patience.Token);
        _port = line is { } ready && ready.StartsWith("ready ", StringComparison.Ordinal)
            ? int.Parse(ready["ready ".Length..], CultureInfo.InvariantCulture)
            : throw new InvalidOperationException($"no Swift: install python3-swift, or run ./cumulet test. {await errors}");
    }

    /// <summary>Kills it, as a power failure would.</summary>
    public async Task Down()
    {
        _server!.Kill();
        await _server.WaitForExitAsync();
        _server.Dispose();
        _server = null;
    }

    public BucketSettings Bucket(string name) => new()
    {
        Endpoint = new Uri($"http://127.0.0.1:{_port}"),
        Bucket = name,
        AccessKey = "test:tester",
        SecretKey = _secret,
        Patience = TimeSpan.FromSeconds(2),
    };

    internal S3Client Client(BucketSettings? settings = null) => new(settings ?? Bucket("unused"), TimeProvider.System);

    public async ValueTask DisposeAsync()
    {
        if (_server is not null) await Down();
        Directory.Delete(_folder, recursive: true);
    }
}
