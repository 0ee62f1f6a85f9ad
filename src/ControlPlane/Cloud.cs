using System.Security.Cryptography.X509Certificates;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.BlockStorage.Backups.Target;
using Cumulet.ControlPlane.Compute.Screen;
using Cumulet.ControlPlane.Compute;
using Cumulet.ControlPlane.Identity;
using Cumulet.ControlPlane.Operations;
using Cumulet.ControlPlane.Sagas;
using Cumulet.ControlPlane.Store;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Cumulet.ControlPlane;

/// <summary>
/// The cloud: state, rooms, sagas and the one HTTP server, put together and taken apart here and nowhere else.
/// </summary>
public sealed partial class Cloud : IAsyncDisposable
{
    private readonly WebApplication _web;
    private readonly CloudParts _parts;

    private readonly Rooms _rooms;
    private readonly Audit _audit = new();

    private Cloud(WebApplication web, CloudParts parts, Rooms rooms, Dispatcher dispatcher, FirstStart? firstStart)
    {
        _web = web;
        _parts = parts;
        _rooms = rooms;
        rooms.AddTo(_audit);
        _audit.Add("errors", () => [.. dispatcher.Defects().Select(defect => $"a request was answered with 500: {defect}")]);
        var bucketKey = (parts.Options.BackupTarget as BackupDestination.InBucket)?.Bucket.SecretKey;
        _audit.Add("secrets", () => SecretAudit.Files(parts.Options.StateDirectory, rooms.Layers.Passphrases(), bucketKey));
        _audit.Add("secrets", () => parts.Database.Read(SecretAudit.Rows));
        _audit.Add("secrets", rooms.Layers.AuditKeys);
        _audit.Add("secrets", () => parts.Database.Read(RowAudit.Keys));
        _audit.Add("handles", () => HandleAudit.Run(Path.GetFullPath(Path.Combine(parts.Options.StateDirectory, "disks"))));
        FirstStart = firstStart;
    }

    /// <summary>What this start filled the new cloud with, for the daemon to write down; null on every later start.</summary>
    public FirstStart? FirstStart { get; }

    /// <summary>Scheme, address and port, without a path: <c>http://127.0.0.1:8774</c>.</summary>
    public string Url { get; private set; } = "";

    public CloudParts Parts => _parts;

    /// <summary>For tests that look behind the API.</summary>
    internal Rooms Rooms => _rooms;
    internal Audit Audit => _audit;

    public static async Task<Cloud> Start(CloudOptions options, TimeProvider? clock = null, CancellationToken cancel = default)
    {
        var time = clock ?? TimeProvider.System;
        Directory.CreateDirectory(options.StateDirectory,
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Logging.AddSimpleConsole(o => { o.SingleLine = true; o.UseUtcTimestamp = true; o.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ "; });
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        builder.WebHost.ConfigureKestrel(kestrel => Listen(kestrel, options));
        var web = builder.Build();
        var logging = web.Services.GetRequiredService<ILoggerFactory>();

        var database = options.Postgres is { } postgres
            ? Database.OpenPostgres(postgres)
            : Database.OpenSqlite(Path.Combine(options.StateDirectory, "cumulet.db"));
        var storeLog = logging.CreateLogger("store");
        database.AfterCommitFailed = failure => LogAfterCommit(storeLog, failure);
        await Migrations.Apply(database, time);
        var sagas = new SagaRunner(database, time, logging.CreateLogger("sagas"));
        var parts = new CloudParts(options, database, sagas, time, logging);
        var rooms = new Rooms(parts);
        var firstStart = await rooms.Bootstrap();
        var dispatcher = new Dispatcher(rooms.Apis, rooms.Identity.Authenticate, new RememberedAnswers(database.Clock), logging.CreateLogger("api"));
        var door = new ControlDoor();
        web.UseWebSockets();
        web.Run(http => ControlDoor.IsBehind(http) ? door.Handle(http)
            : ConsoleSocket.IsBehind(http) ? ConsoleSocket.Handle(http, rooms.Compute.OpenScreen)
            : ConsolePage.IsBehind(http) ? ConsolePage.Handle(http)
            : dispatcher.Handle(http));
        web.Lifetime.ApplicationStopping.Register(rooms.BreakOff);
        var cloud = new Cloud(web, parts, rooms, dispatcher, firstStart);
        cloud.OpenDoor(door);
        await rooms.Recover(cancel);
        sagas.Resume();
        await web.StartAsync(cancel);
        rooms.Begin();
        cloud.Url = web.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses
            .First(a => !a.Contains("unix:", StringComparison.Ordinal))
            // "Every address" is none that a client could name.
            .Replace("//0.0.0.0:", "//127.0.0.1:", StringComparison.Ordinal).Replace("//[::]:", "//[::1]:", StringComparison.Ordinal);
        return cloud;
    }

    private static void Listen(KestrelServerOptions kestrel, CloudOptions options)
    {
        if (options.ControlSocket is { } socket)
        {
            File.Delete(socket);
            kestrel.ListenUnixSocket(socket);
        }
        kestrel.AddServerHeader = false;
        // A list of a hundred servers goes out in one piece.
        kestrel.Limits.MaxResponseBufferSize = 1 << 20;
        // Uploads have no size limit of the server's; each route says its own.
        kestrel.Limits.MaxRequestBodySize = null;
        kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(100, TimeSpan.FromSeconds(30));
        kestrel.Listen(options.Listen, listen =>
        {
            if (options.CertificatePath is { } certificate)
                listen.UseHttps(X509Certificate2.CreateFromPemFile(certificate, options.CertificateKeyPath));
        });
    }

    private void OpenDoor(ControlDoor door)
    {
        door.Add(new ControlVerb("GET", "/sagas", _ => Task.FromResult((200, ControlDoor.Describe(_parts.Sagas.Registered)))));
        door.Add(new ControlVerb("GET", "/audit", http => _audit.Report(http.RequestAborted)));
        door.Add(new ControlVerb("GET", "/status", _ => Task.FromResult((200, Status()))));
        door.Add(new ControlVerb("GET", "/meters", async http => (200, await _rooms.Networking.Meters(http.RequestAborted))));
        door.Add(new ControlVerb("GET", "/first-image", http => _rooms.Images.FirstImage(http.RequestAborted)));
        if (FaultPoint.TakesOrders)
            foreach (var verb in new FaultOrders(_parts.Sagas, _parts.Database, _rooms.Compute.Hypervisor).Verbs()) door.Add(verb);
        door.Add(new ControlVerb("POST", "/stop", async http =>
        {
            if (http.Request.Query["guests"].ToString() is { Length: > 0 } how) await _rooms.StopGuests(kill: how == "kill", http.RequestAborted);
            // After this answer is out: the host waits for requests in flight.
            _web.Lifetime.StopApplication();
            return (200, "");
        }));
    }

    private string Status()
    {
        using var self = System.Diagnostics.Process.GetCurrentProcess();
        var text = new System.Text.StringBuilder()
            .AppendLine($"cloud       {Url}")
            .AppendLine($"process     {self.Id}, {self.WorkingSet64 >> 20} MiB, up {Uptime(_parts.Time.GetUtcNow() - self.StartTime.ToUniversalTime())}")
            .AppendLine($"hypervisor  {_parts.Options.Hypervisor.ToString().ToLowerInvariant()}")
            .AppendLine($"state       {_parts.Options.StateDirectory} ({_parts.Database.Dialect.Name})");
        foreach (var (what, counts) in _parts.Database.Read(_rooms.Summary)) text.AppendLine($"{what,-11} {counts}");
        return text.ToString();
    }

    private static string Uptime(TimeSpan span) => string.Create(
        System.Globalization.CultureInfo.InvariantCulture, $"{(int)span.TotalDays} d {span.Hours:00}:{span.Minutes:00}:{span.Seconds:00}");

    public Task WaitForShutdown(CancellationToken cancel) => _web.WaitForShutdownAsync(cancel);

    public async ValueTask DisposeAsync()
    {
        await _web.StopAsync();
        await _parts.Sagas.Stop();
        await _rooms.Stop();
        await _web.DisposeAsync();
        _parts.Database.Dispose();
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "an action after a commit failed; the commit stands")]
    private static partial void LogAfterCommit(ILogger log, Exception cause);
}
