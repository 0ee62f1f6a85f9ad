using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using Cumulet.ControlPlane;
using Cumulet.ControlPlane.Store;
using Cumulet.Datapath;
using Cumulet.Qemu;

namespace Cumulet.Commands;

/// <summary><c>cumulet serve</c>: the cloud in the foreground, until SIGTERM or Ctrl-C.</summary>
internal static class ServeCommand
{
    public static Command Create()
    {
        var settings = new CloudSettings();
        var command = new Command("serve", "Run the cloud in the foreground (what `up` starts in the background).");
        settings.AddTo(command);
        command.SetAction((parsed, cancel) => Failing.InOneLine(() => Run(settings, parsed, cancel)));
        return command;
    }

    /// <param name="started">Told the URL when the cloud answers.</param>
    public static async Task<int> Run(CloudSettings settings, ParseResult parsed, CancellationToken cancel, Action<string>? started = null)
    {
        var folder = settings.Folder(parsed);
        using var held = await folder.Lock() ?? throw new CommandFailedException(
            $"a cloud runs in {folder.Path} already; `cumulet status --state {folder.Path}` shows it");
        // The terminal that started us may go; the cloud stays.
        using var hangup = PosixSignalRegistration.Create(PosixSignal.SIGHUP, context => context.Cancel = true);
        var options = Options(settings, parsed, folder);
        await using var cloud = await Start(options, cancel);
        if (cloud.FirstStart is { } first)
            folder.Write(new FirstCredentials(first.AdminPassword, first.DemoPassword, options.Region).With(first.Hashes));
        Credentials.WriteOpenRc(folder, cloud.Url, options.CertificatePath);
        folder.Write(new RunningDaemon(Environment.ProcessId, cloud.Url, Versions.Own, settings.Words(parsed)));
        Notify($"READY=1\nSTATUS={cloud.Url}");
        started?.Invoke(cloud.Url);
        var removal = Task.Run(() => RemoveDiscarded(folder), cancel);
        await cloud.WaitForShutdown(cancel);
        await removal;
        File.Delete(folder.DaemonFile);
        return 0;
    }

    private static void RemoveDiscarded(StateFolder folder)
    {
        try
        {
            if (Directory.Exists(folder.Discarded)) Directory.Delete(folder.Discarded, recursive: true);
        }
        catch (IOException error)
        {
            // Of no use to anybody, and in nobody's way but the disk's: the next start tries again.
            Console.Error.WriteLine($"cumulet: {folder.Discarded} is not removed: {error.Message}");
        }
    }

    private static async Task<Cloud> Start(CloudOptions options, CancellationToken cancel)
    {
        try
        {
            return await Cloud.Start(options, cancel: cancel);
        }
        catch (Exception failure) when (Mend(failure, options) is { } mend)
        {
            throw new CommandFailedException(mend);
        }
    }

    /// <summary>What a person can do about a cloud that does not start; null where only the whole of it helps, which the log has.</summary>
    private static string? Mend(Exception failure, CloudOptions options) => failure switch
    {
        IOException { InnerException: Microsoft.AspNetCore.Connections.AddressInUseException } =>
            $"{options.Listen} is in use by another program; choose another port with --listen ADDR:PORT",
        SocketException { SocketErrorCode: SocketError.AddressNotAvailable } =>
            $"{options.Listen.Address} is no address of this machine; --listen takes one of `ip -br address`, or 0.0.0.0 for all",
        SocketException { SocketErrorCode: SocketError.AccessDenied } =>
            $"port {options.Listen.Port} is for root only; choose one above 1023 with --listen ADDR:PORT",
        DatapathException { Failure: DatapathFailure.NoRights } =>
            "virtual networks need root: run `sudo ./cumulet up`, or `./cumulet up --hypervisor fake` for a cloud without guests",
        DatapathException or QemuMissingException or NewerStateException => failure.Message,
        System.Data.Common.DbException when options.Postgres is not null =>
            // Never the connection string: it holds the password.
            $"PostgreSQL does not take the connection that --postgres describes: {failure.Message}",
        System.Security.Cryptography.CryptographicException when options.CertificatePath is { } certificate =>
            $"{certificate} and {options.CertificateKeyPath} are no certificate and key in PEM that belong together: {failure.Message}",
        _ => null,
    };

    private static CloudOptions Options(CloudSettings settings, ParseResult parsed, StateFolder folder)
    {
        var listen = settings.Endpoint(parsed);
        var (certificate, key) = (parsed.GetValue(settings.Certificate), parsed.GetValue(settings.CertificateKey));
        if (certificate is null != key is null) throw new CommandFailedException("--tls-cert and --tls-key go together; give both");
        if (certificate is null && !IPAddress.IsLoopback(listen.Address))
            (certificate, key) = OwnCertificate.Ensure(folder, listen.Address);
        return new CloudOptions
        {
            StateDirectory = folder.Path,
            Listen = listen,
            ControlSocket = folder.ControlSocket,
            Hypervisor = settings.Hypervisor(parsed),
            PasswordRules = settings.PasswordRules(parsed),
            DiskReserve = (long)(parsed.GetValue(settings.DiskReserve) * (1L << 30)),
            BackupTarget = settings.TargetOf(parsed),
            DiskRatio = parsed.GetValue(settings.DiskRatio),
            FakeHosts = parsed.GetValue(settings.Hosts),
            Postgres = parsed.GetValue(settings.Postgres) is { } file ? File.ReadAllText(file).Trim() : null,
            CertificatePath = certificate,
            CertificateKeyPath = key,
            // After a reset the users come back with the passwords that people have noted.
            FirstPasswords = folder.ReadCredentials() is { } known ? (known.AdminPassword, known.DemoPassword) : null,
            FirstHashes = folder.ReadCredentials()?.HashesOfThese(),
            GuestImagePath = parsed.GetValue(settings.GuestImage) is { Length: > 0 } image && File.Exists(image) ? image : null,
        };
    }

    /// <summary>Tells whoever started us, <c>cumulet up</c> or systemd, by systemd's datagram.</summary>
    internal static void Notify(string message)
    {
        if (Environment.GetEnvironmentVariable("NOTIFY_SOCKET") is not { Length: > 0 } path) return;
        using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        socket.SendTo(Encoding.UTF8.GetBytes(message), new UnixDomainSocketEndPoint(path.StartsWith('@') ? "\0" + path[1..] : path));
    }
}
