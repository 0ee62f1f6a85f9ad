using System.CommandLine;
using System.Diagnostics;
using System.Net.Sockets;
using System.Text;

namespace Cumulet.Commands;

/// <summary><c>cumulet up</c>: starts the cloud in the background and waits until it answers.</summary>
internal static class UpCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static Command Create()
    {
        var settings = new CloudSettings();
        var foreground = new Option<bool>("--foreground") { Description = "Stay in the foreground, for systemd." };
        var command = new Command("up", "Start the cloud, and take back the guests that still run.");
        settings.AddTo(command);
        command.Options.Add(foreground);
        command.SetAction((parsed, cancel) => Failing.InOneLine(() => parsed.GetValue(foreground)
            ? ServeCommand.Run(settings, parsed, cancel, url => Introduce(settings.Folder(parsed), url))
            : Run(settings.Folder(parsed), settings.Words(parsed), cancel)));
        return command;
    }

    public static async Task<int> Run(StateFolder folder, IReadOnlyList<string> words, CancellationToken cancel)
    {
        if (folder.Running() is { } running)
        {
            Console.WriteLine($"The cloud runs already: {running.Url} (process {running.Pid}, state {folder.Path})");
            return 0;
        }
        var watch = Stopwatch.StartNew();
        var url = await Spawn(folder, words, cancel);
        var took = watch.Elapsed;
        Credentials.WriteCloudsYaml(folder, url);
        var note = await FirstImage(folder, cancel);
        Greet(folder, url, took);
        if (note is not null) await Console.Error.WriteLineAsync("note: " + note);
        return 0;
    }

    // A service may run where nobody has a home.
    private static void Introduce(StateFolder folder, string url)
    {
        try
        {
            Credentials.WriteCloudsYaml(folder, url);
        }
        catch (Exception failure) when (failure is CommandFailedException or IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"note: no entry in {Credentials.CloudsYamlPath()}: {failure.Message}");
        }
        Greet(folder, url, null);
    }

    /// <summary>
    /// Waits until the image that a new cloud comes with can be used, and shows how far it is; gives back what a person should
    /// know when there is none.
    /// </summary>
    public static async Task<string?> FirstImage(StateFolder folder, CancellationToken cancel)
    {
        using var control = new Control(folder);
        var shown = false;
        while (true)
        {
            // The daemon holds each answer back until there is something new to say.
            var (status, text) = await control.Ask(HttpMethod.Get, "/first-image", cancel);
            if (status == 202)
            {
                await Console.Error.WriteAsync(Console.IsErrorRedirected ? shown ? "" : "Taking in the image cumulet-linux\n" : $"\r\e[KTaking in the image cumulet-linux: {text}");
                shown = true;
                continue;
            }
            if (shown && !Console.IsErrorRedirected) await Console.Error.WriteAsync("\r\e[K");
            return status switch
            {
                200 => null,
                404 => "the cloud has no image yet: `openstack image create --disk-format qcow2 --file FILE NAME` brings one"
                    + " (a new cloud registers the one that --guest-image names)",
                _ => text + $"; the next `cumulet up` tries again",
            };
        }
    }

    /// <summary>Starts the daemon with these options of <c>serve</c> and waits until it answers; gives back its URL.</summary>
    public static async Task<string> Spawn(StateFolder folder, IReadOnlyList<string> words, CancellationToken cancel)
    {
        Directory.CreateDirectory(folder.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var notify = Path.Combine(folder.Path, $"up.{Environment.ProcessId}.sock");
        File.Delete(notify);
        using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(notify));
        try
        {
            // A session of its own, so that no terminal's end reaches it; what it says goes into the log.
            var start = new ProcessStartInfo("/bin/sh")
            {
                ArgumentList = { "-c", "exec setsid \"$0\" serve \"$@\" >>\"$CUMULET_LOG\" 2>&1 </dev/null", Environment.ProcessPath! },
                Environment = { ["CUMULET_LOG"] = folder.LogFile, ["NOTIFY_SOCKET"] = notify },
            };
            foreach (var word in words) start.ArgumentList.Add(word);
            var before = File.Exists(folder.LogFile) ? new FileInfo(folder.LogFile).Length : 0;
            using var daemon = Process.Start(start)!;
            return await Ready(socket, daemon, folder, before, cancel);
        }
        finally
        {
            File.Delete(notify);
        }
    }

    private static async Task<string> Ready(Socket socket, Process daemon, StateFolder folder, long logBefore, CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(Patience);
        var buffer = new byte[4096];
        var message = socket.ReceiveAsync(buffer.AsMemory(), SocketFlags.None, limit.Token).AsTask();
        var ended = daemon.WaitForExitAsync(limit.Token);
        try
        {
            if (await Task.WhenAny(message, ended) == message)
                return Encoding.UTF8.GetString(buffer, 0, await message).Split("STATUS=")[^1].Trim();
            await ended;
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new CommandFailedException($"the cloud did not answer within {Patience.TotalSeconds:0} s; its log: {folder.LogFile}");
        }
        using var log = new StreamReader(folder.LogFile, new FileStreamOptions { Share = FileShare.ReadWrite });
        log.BaseStream.Seek(logBefore, SeekOrigin.Begin);
        var said = (await log.ReadToEndAsync(cancel)).Trim();
        var last = said.Split('\n').LastOrDefault(l => l.StartsWith("cumulet: ", StringComparison.Ordinal));
        throw new CommandFailedException(last?["cumulet: ".Length..] ?? $"the cloud ended while it started; its log: {folder.LogFile}");
    }

    private static void Greet(StateFolder folder, string url, TimeSpan? took)
    {
        Console.WriteLine($"The cloud is up: {url}{(took is { } time ? $" ({time.TotalMilliseconds:0} ms)" : "")}");
        foreach (var path in (string[])["identity/v3", "compute/v2.1", "image/v2", "volume/v3", "network/v2.0", "placement"])
            Console.WriteLine($"  {path.Split('/')[0],-10} {url}/{path}");
        Console.WriteLine($"  state      {folder.Path}");
        Console.WriteLine($"""

            Use it:
              export OS_CLOUD=cumulet          # the entry in {Credentials.CloudsYamlPath()}
              openstack image list
            or:  . {folder.OpenRc}
            """);
    }
}
