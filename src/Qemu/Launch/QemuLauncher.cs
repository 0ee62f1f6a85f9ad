using System.Collections;
using System.Text;
using Cumulet.Qemu.CommandLine;
using Cumulet.Qemu.Launch;
using Cumulet.Qemu.Native;
using Cumulet.Qemu.Qmp;
using Microsoft.Win32.SafeHandles;

namespace Cumulet.Qemu;

/// <summary>How this host starts QEMU.</summary>
public sealed record QemuOptions
{
    /// <summary>Program that calls <see cref="LauncherMain.Run"/>, mostly ourselves.</summary>
    public required string LauncherPath { get; init; }

    /// <summary>Its arguments before ours.</summary>
    public IReadOnlyList<string> LauncherArguments { get; init; } = ["launch-vm"];

    public required string QemuPath { get; init; }

    public required Accelerator Accelerator { get; init; }

    public AioMode Aio { get; init; } = AioMode.Threads;

    public QmpLimits Limits { get; init; } = new();
}

/// <summary>Where the files of one running VM lie.</summary>
/// <param name="QmpSocketPath">At most 107 bytes; in a folder that only the daemon's user may enter.</param>
/// <param name="LogPath">QEMU's own words (stdout, stderr), appended.</param>
public sealed record VmPaths(string QmpSocketPath, string LogPath);

/// <summary>QEMU did not come up. The message says at which step and quotes the log's end.</summary>
public sealed class LaunchException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>Starts QEMU so that it outlives this process, and finds it again.</summary>
public sealed class QemuLauncher(QemuOptions options, TimeProvider time)
{
    /// <summary>Starts the machine paused; <see cref="RunningVm.ContinueAsync"/> lets it run.</summary>
    /// <exception cref="LaunchException">The launcher or QEMU refused.</exception>
    /// <exception cref="ArgumentException">The spec is not sound.</exception>
    public async Task<RunningVm> LaunchAsync(VmSpec spec, VmPaths paths, Confinement confinement, CancellationToken cancellation)
    {
        SpecCheck.Check(spec);
        // Emptied when QEMU answers, or is no more: it reads them before it listens.
        using var secrets = new SecretMemory();
        var (process, handle, skipped) = await StartAsync(spec, paths, confinement, secrets, cancellation);
        try
        {
            return await RunningVm.ConnectAsync(handle, process, options, skipped, time, cancellation);
        }
        catch (Exception e)
        {
            process.Kill();
            var exit = await process.Exited;
            if (e is QmpException)
                throw new LaunchException($"QEMU for {spec.Id} did not come up ({exit}): {LogTail(paths.LogPath)}", e);
            throw;
        }
    }

    private async Task<(ExitWatcher.Watched, VmHandle, IReadOnlyList<SkippedConfinement>)> StartAsync(
        VmSpec spec, VmPaths paths, Confinement confinement, SecretMemory secrets, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var layout = DescriptorLayout.For(spec);
        var (readEnd, writeEnd) = Pipe();
        using var report = new FileStream(readEnd, FileAccess.Read, 1);
        int pid;
        using (writeEnd)
        using (var descriptors = OpenDescriptors.Open(layout, spec, paths.QmpSocketPath, secrets, confinement.Uid))
        using (var log = DescriptorOpening.Open(new DescriptorSource.File(paths.LogPath), DescriptorAccess.Append))
        using (var nothing = DescriptorOpening.Open(new DescriptorSource.File("/dev/null"), DescriptorAccess.Read))
        {
            var argv = QemuCommandLine.Build(spec, layout, new QemuHost(options.QemuPath, options.Accelerator, options.Aio, descriptors.Buffered));
            var kvm = options.Accelerator is Accelerator.Kvm;
            var launcher = new LauncherOptions(
                confinement.Uid, kvm ? KvmGroup() : [], confinement.Namespaces, confinement.Landlock, confinement.OpenFiles, layout.Last, kvm, argv);
            var (output, none) = ((int)log.DangerousGetHandle(), (int)nothing.DangerousGetHandle());
            pid = Spawn.Start(
                options.LauncherPath, [options.LauncherPath, .. options.LauncherArguments, .. launcher.ToArguments()], Environment(),
                [(none, 0), (output, 1), (output, 2), ((int)writeEnd.DangerousGetHandle(), DescriptorLayout.Report), .. descriptors.Pairs]);
        }
        return await FollowAsync(spec, paths, pid, report);
    }

    // The child is ours and not yet reaped, so its pid cannot be another's.
    private static async Task<(ExitWatcher.Watched, VmHandle, IReadOnlyList<SkippedConfinement>)> FollowAsync(
        VmSpec spec, VmPaths paths, int pid, Stream report)
    {
        var start = ProcessIdentity.StartTime(pid);
        var process = ExitWatcher.Watch(pid, null)
            ?? throw new LaunchException($"the launcher of {spec.Id} vanished at once: {LogTail(paths.LogPath)}");
        using var reader = new StreamReader(report, Encoding.UTF8);
        var lines = (await reader.ReadToEndAsync(CancellationToken.None)).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split('\t', 3)).ToList();
        if (lines.Find(line => line[0] == "fail") is { } failed)
            throw new LaunchException($"the launcher of {spec.Id} failed ({await process.Exited}): {failed[^1]}");
        if (start is null)
            throw new LaunchException($"the launcher of {spec.Id} died ({await process.Exited}): {LogTail(paths.LogPath)}");
        return (process, new VmHandle(spec.Id, pid, start.Value, ProcessIdentity.BootId(), paths.QmpSocketPath),
            [.. lines.Select(line => new SkippedConfinement(line[1], line[^1]))]);
    }

    /// <summary>Takes back a QEMU that an earlier daemon started; null when that process is gone.</summary>
    /// <exception cref="QmpException">It lives but its monitor does not answer, or it is another machine.</exception>
    public async Task<RunningVm?> ReattachAsync(VmHandle handle, CancellationToken cancellation)
    {
        if (handle.BootId != ProcessIdentity.BootId() || ExitWatcher.Watch(handle.Pid, handle.StartTime) is not { } process)
            return null;
        try
        {
            return await RunningVm.ConnectAsync(handle, process, options, [], time, cancellation);
        }
        catch (QmpClosedException) when (!handle.IsAlive())
        {
            return null;
        }
    }

    /// <summary>Kills the process of the handle and awaits its end; false when it was gone already. Never hits another process.</summary>
    public static async Task<bool> KillAsync(VmHandle handle, CancellationToken cancellation)
    {
        if (handle.BootId != ProcessIdentity.BootId() || ExitWatcher.Watch(handle.Pid, handle.StartTime) is not { } process)
            return false;
        process.Kill();
        await process.Exited.WaitAsync(cancellation);
        return true;
    }

    // The launcher may need what the runtime reads (DOTNET_ROOT when not compiled ahead); QEMU gets a clean one from it.
    private static List<string> Environment() =>
    [
        "PATH=/usr/sbin:/usr/bin:/sbin:/bin",
        .. System.Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .Where(variable => ((string)variable.Key).StartsWith("DOTNET_", StringComparison.Ordinal))
            .Select(variable => $"{variable.Key}={variable.Value}"),
    ];

    private static unsafe IReadOnlyList<uint> KvmGroup()
    {
        var result = stackalloc byte[256]; // struct statx: gid at 24, mode at 28
        if (Libc.Statx(-100, "/dev/kvm", 0, 0x7ff, result) < 0)
            throw Libc.Failure("statx /dev/kvm");
        return (*(ushort*)(result + 28) & 0x30) == 0x30 ? [*(uint*)(result + 24)] : [];
    }

    private static unsafe (SafeFileHandle Read, SafeFileHandle Write) Pipe()
    {
        var ends = stackalloc int[2];
        return Libc.Pipe2(ends, Libc.OCloexec) < 0
            ? throw Libc.Failure("pipe2")
            : (new SafeFileHandle(ends[0], true), new SafeFileHandle(ends[1], true));
    }

    private static string LogTail(string path)
    {
        using var log = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        log.Seek(-Math.Min(log.Length, 2000), SeekOrigin.End);
        return new StreamReader(log, Encoding.UTF8).ReadToEnd().Trim() is { Length: > 0 } text ? text : "(its log is empty)";
    }
}
