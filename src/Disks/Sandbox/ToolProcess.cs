using System.Diagnostics;
using System.Text;

namespace Cumulet.Disks.Sandbox;

/// <summary>Runs the tool once: confined, unprivileged, limited; killed when cancelled or late; its output kept short.</summary>
internal sealed class ToolProcess(ToolLimits limits, string workingDirectory)
{
    private const int KeptOutput = 16 << 10;
    private const int KilledBySignal = 128;

    /// <summary>Ends normally when the tool did; <see cref="DiskException"/> otherwise. Returns what it printed.</summary>
    public async Task<string> RunAsync(ToolRun run, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var cpuSeconds = limits.CpuSeconds + (int)(limits.CpuSecondsPerGiB * (run.Moved >> 30));
        using var secrets = ToolSecrets.Of(run.Encrypted);
        using var process = await StartConfinedAsync(StartInfo(run, secrets, cpuSeconds), run).ConfigureAwait(false);
        await secrets.GiveAsync(process.StandardInput.BaseStream).ConfigureAwait(false);
        using var late = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        late.CancelAfter(TimeSpan.FromSeconds((double)cpuSeconds * limits.WallFactor));
        var output = ReadBoundedAsync(process.StandardOutput);
        var errors = ReadBoundedAsync(process.StandardError);
        try
        {
            await process.WaitForExitAsync(late.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            await process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            throw new DiskException(DiskFault.ToolFailed, $"qemu-img {run.Arguments[0]} did not end in time and was stopped.");
        }

        if (process.ExitCode == 0 || process.ExitCode == run.Harmless)
        {
            return await output.ConfigureAwait(false);
        }

        var printed = await errors.ConfigureAwait(false);
        return process.ExitCode < KilledBySignal && run.Forgiven?.Invoke(printed) == true ? "" : throw Explain(run, process.ExitCode, printed);
    }

    private async Task<Process> StartConfinedAsync(ProcessStartInfo info, ToolRun run)
    {
        var started = new TaskCompletionSource<Process>(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(Start) { IsBackground = true, Name = "qemu-img start" };
        thread.Start();
        return await started.Task.ConfigureAwait(false);

        void Start()
        {
            try
            {
                Confinement.Enter(run, workingDirectory, limits.Uid);
                started.SetResult(Process.Start(info) ?? throw new IOException("qemu-img could not be started."));
            }
            catch (Exception e)
            {
                started.SetException(e);
            }
        }
    }

    // Its working directory is the one that its thread has entered.
    private ProcessStartInfo StartInfo(ToolRun run, ToolSecrets secrets, int cpuSeconds)
    {
        var info = new ProcessStartInfo("/usr/bin/prlimit")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        info.Environment.Clear();
        info.Environment["LC_ALL"] = "C";
        Add($"--cpu={cpuSeconds}", $"--as={limits.Memory}", $"--fsize={run.MaxFileSize}", "--core=0", "--nofile=128", "--");
        if (Local.Posix.IsRoot)
        {
            Add("/usr/bin/setpriv", $"--reuid={limits.Uid}", $"--regid={limits.Uid}", "--clear-groups",
                "--no-new-privs", "--inh-caps=-all", "--bounding-set=-all", "--");
        }

        info.ArgumentList.Add(limits.QemuImgPath);
        Add([run.Arguments[0], .. secrets.Arguments, .. run.Arguments.Skip(1)]);
        return info;

        void Add(params ReadOnlySpan<string> arguments)
        {
            foreach (var argument in arguments)
            {
                info.ArgumentList.Add(argument);
            }
        }
    }

    private static async Task<string> ReadBoundedAsync(StreamReader reader)
    {
        var kept = new StringBuilder();
        var buffer = new char[1024];
        while (await reader.ReadAsync(buffer).ConfigureAwait(false) is > 0 and var count)
        {
            kept.Append(buffer, 0, Math.Min(count, KeptOutput - kept.Length));
        }

        return kept.ToString().Trim();
    }

    private static DiskException Explain(ToolRun run, int exitCode, string errors) => errors switch
    {
        _ when exitCode > KilledBySignal => new(DiskFault.ToolFailed,
            $"qemu-img {run.Arguments[0]} was ended by signal {exitCode - KilledBySignal}: it ran into its limit of CPU time or file size."),
        _ when errors.Contains("lock", StringComparison.Ordinal) && errors.Contains("Failed to get", StringComparison.Ordinal) =>
            new(DiskFault.Busy, "The disk is open in another process; stop the guest that uses it."),
        _ when errors.Contains("No space left", StringComparison.Ordinal) => new(DiskFault.NoSpace, "The pool is full."),
        _ => new(DiskFault.ToolFailed, $"qemu-img {run.Arguments[0]} failed with exit code {exitCode}: {errors}"),
    };
}
