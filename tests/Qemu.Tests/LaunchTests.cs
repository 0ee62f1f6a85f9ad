using System.Diagnostics;
using System.Text.Json;
using Cumulet.Qemu.Qmp;

namespace Cumulet.Qemu.Tests;

public sealed class LaunchTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Launch_gives_a_confined_paused_machine()
    {
        await using var qemu = new RealQemu();
        var disk = qemu.Folder.Sized("disk", 1 << 20);
        var vm = await qemu.StartAsync(RealQemu.Spec with
        {
            Drives = [new DriveSpec { Id = "vda", Layers = [RealQemu.Raw("l0", disk)], Serial = "0123456789abcdef0123" }],
            Console = new ConsoleSpec(qemu.Folder.File("console.log")),
        });

        Assert.Equal("prelaunch", await vm.StatusAsync(Cancellation));
        var status = Status(vm.Handle.Pid);
        Assert.Equal("1", status["NoNewPrivs"]);
        Assert.Equal("2", status["Seccomp"]);
        Assert.Equal("0000000000000000", status["CapEff"]);
        if (RealQemu.Root)
        {
            Assert.Equal("0000000000000000", status["CapBnd"]);
            Assert.Equal("0000000000000000", status["CapPrm"]);
            Assert.Equal("212345\t212345\t212345\t212345", status["Uid"]);
            Assert.Equal("212345\t212345\t212345\t212345", status["Gid"]);
            Assert.Equal("", status["Groups"]);
            foreach (var space in (string[])["net", "ipc", "mnt", "uts"])
                Assert.NotEqual(Link($"/proc/self/ns/{space}"), Link($"/proc/{vm.Handle.Pid}/ns/{space}"));
            // Only its header: nobody listens in a network of its own.
            Assert.Single(File.ReadAllLines($"/proc/{vm.Handle.Pid}/net/tcp"));
        }
        Assert.DoesNotContain(vm.Skipped, skipped => skipped.Layer != "landlock" && RealQemu.Root);
        Assert.Equal("PATH=/usr/bin:/bin\0LANG=C.UTF-8\0GLIBC_TUNABLES=glibc.malloc.hugetlb=1\0", File.ReadAllText($"/proc/{vm.Handle.Pid}/environ"));
        Assert.Contains("Max core file size        0                    0", File.ReadAllText($"/proc/{vm.Handle.Pid}/limits"));
    }

    [Fact]
    public async Task Launch_under_landlock_opens_nothing_by_path()
    {
        await using var qemu = new RealQemu();
        var vm = await qemu.StartAsync(RealQemu.Spec);
        Assert.SkipWhen(vm.Skipped.Any(skipped => skipped.Layer == "landlock"), "this kernel has no Landlock");
        // Readable for everybody by its mode, so only Landlock refuses it.
        var refused = await Assert.ThrowsAsync<QmpCommandException>(() => vm.Qmp.BlockdevAddAsync(json =>
        {
            json.WriteString("driver", "file");
            json.WriteString("node-name", "leak");
            json.WriteBoolean("read-only", true);
            json.WriteString("filename", "/etc/passwd");
        }, Cancellation));
        Assert.Contains("Permission denied", refused.Description);
    }

    [Fact]
    public async Task Launch_leaves_only_expected_descriptors()
    {
        await using var qemu = new RealQemu();
        var vm = await qemu.StartAsync(RealQemu.Spec);
        var files = Directory.EnumerateFiles($"/proc/{vm.Handle.Pid}/fd").Select(Link)
            .Where(target => target.StartsWith('/')).Order(StringComparer.Ordinal);
        Assert.Equal(["/dev/null", "/dev/urandom", qemu.Folder.File("qemu.log"), qemu.Folder.File("qemu.log")], files);
    }

    [Fact]
    public async Task Launch_of_a_drive_leaves_no_copy_of_its_descriptor_here()
    {
        await using var qemu = new RealQemu();
        var disk = qemu.Folder.Sized("disk", 1 << 20);
        await qemu.StartAsync(RealQemu.Spec with { Drives = [new DriveSpec { Id = "vda", Layers = [RealQemu.Raw("l0", disk)] }] });
        Assert.DoesNotContain(disk, Directory.EnumerateFiles("/proc/self/fd").Select(Link));
    }

    [Fact]
    public async Task Launch_of_a_drive_in_use_elsewhere_is_refused_with_the_reason()
    {
        await using var first = new RealQemu();
        await using var second = new RealQemu();
        var disk = first.Folder.Sized("disk", 1 << 20);
        var spec = RealQemu.Spec with { Drives = [new DriveSpec { Id = "vda", Layers = [RealQemu.Raw("l0", disk)] }] };
        var vm = await first.StartAsync(spec);
        var refused = await Assert.ThrowsAsync<LaunchException>(() => second.StartAsync(spec));
        Assert.Contains("lock", refused.Message);
        await vm.KillAsync(Cancellation);
        await second.StartAsync(spec);
    }

    [Fact]
    public async Task Launch_of_a_program_that_is_not_there_fails_with_the_step()
    {
        using var folder = new ScratchFolder();
        var launcher = new QemuLauncher(
            new QemuOptions { LauncherPath = LaunchHook.Path, QemuPath = "/nonexistent/qemu", Accelerator = new Accelerator.Tcg("tests") },
            TimeProvider.System);
        var failed = await Assert.ThrowsAsync<LaunchException>(() => launcher.LaunchAsync(
            RealQemu.Spec, new VmPaths(folder.File("qmp"), folder.File("log")), new Confinement(), Cancellation));
        Assert.Contains("execve /nonexistent/qemu", failed.Message);
    }

    [Fact]
    public async Task Kill_is_seen_within_a_second_on_both_ways()
    {
        await using var qemu = new RealQemu();
        var vm = await qemu.StartAsync(RealQemu.Spec);
        var clock = Stopwatch.StartNew();
        Assert.True(await QemuLauncher.KillAsync(vm.Handle, Cancellation));
        Assert.IsType<QmpClosedException>(await vm.MonitorClosed.WaitAsync(TimeSpan.FromSeconds(1), Cancellation));
        Assert.Equal(new VmExit.Signal(9), await vm.Exited.WaitAsync(TimeSpan.FromSeconds(1), Cancellation));
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(1));
        Assert.False(Directory.Exists($"/proc/{vm.Handle.Pid}"));
        Assert.False(await QemuLauncher.KillAsync(vm.Handle, Cancellation));
    }

    [Fact]
    public async Task Hang_poisons_the_monitor_heals_by_reconnect_and_never_stops_a_kill()
    {
        await using var qemu = new RealQemu(new QmpLimits { Command = TimeSpan.FromMilliseconds(300), Greeting = TimeSpan.FromSeconds(20) });
        var vm = await qemu.StartAsync(RealQemu.Spec);
        await SignalAsync("-STOP", vm);
        await Assert.ThrowsAsync<QmpTimeoutException>(() => vm.StatusAsync(Cancellation));
        await Assert.ThrowsAsync<QmpClosedException>(() => vm.StatusAsync(Cancellation));
        Assert.False(vm.Exited.IsCompleted);
        await SignalAsync("-CONT", vm);
        await vm.ReconnectAsync(Cancellation);
        Assert.Equal("prelaunch", await vm.StatusAsync(Cancellation));
        await SignalAsync("-STOP", vm);
        Assert.Equal(new VmExit.Signal(9), await vm.QuitAsync(TimeSpan.FromMilliseconds(100), Cancellation));
    }

    private static async Task SignalAsync(string signal, RunningVm vm)
    {
        using var kill = Process.Start("kill", [signal, $"{vm.Handle.Pid}"]);
        await kill.WaitForExitAsync(Cancellation);
        Assert.Equal(0, kill.ExitCode);
    }

    [Fact]
    public async Task Quit_ends_with_code_zero()
    {
        await using var qemu = new RealQemu();
        var vm = await qemu.StartAsync(RealQemu.Spec);
        Assert.Equal(new VmExit.Code(0), await vm.QuitAsync(TimeSpan.FromSeconds(10), Cancellation));
    }

    [Fact]
    public async Task Reattach_after_daemon_loss_finds_the_same_machine()
    {
        await using var qemu = new RealQemu();
        var vm = await qemu.StartAsync(RealQemu.Spec);
        await vm.ContinueAsync(Cancellation);
        var stored = vm.Handle.ToJson();
        await vm.DisposeAsync(); // all that the machine sees of a daemon's death
        await using var again = await qemu.Launcher.ReattachAsync(VmHandle.Parse(stored), Cancellation);
        Assert.NotNull(again);
        Assert.Equal("running", await again.StatusAsync(Cancellation));
        Assert.Contains("balloon0", (await again.DevicesAsync(Cancellation)).Keys);
    }

    [Fact]
    public async Task Reattach_after_the_daemon_was_killed_watches_a_process_that_is_no_child()
    {
        await using var qemu = new RealQemu();
        using (var daemon = Process.Start(LaunchHook.Path, ["launch-and-die", Path.GetDirectoryName(qemu.Folder.File("x"))!]))
            await daemon.WaitForExitAsync(Cancellation);
        var handle = VmHandle.Parse(await File.ReadAllTextAsync(qemu.Folder.File("handle"), Cancellation));
        await using var vm = await qemu.Launcher.ReattachAsync(handle, Cancellation);
        Assert.NotNull(vm);
        Assert.Equal("prelaunch", await vm.StatusAsync(Cancellation));
        Assert.Equal(new VmExit.Unknown(), await vm.KillAsync(Cancellation));
        Assert.False(handle.IsAlive());
        Assert.Null(await qemu.Launcher.ReattachAsync(handle, Cancellation));
    }

    [Fact]
    public async Task Reattach_to_another_start_time_or_boot_or_uuid_is_refused()
    {
        await using var qemu = new RealQemu();
        var vm = await qemu.StartAsync(RealQemu.Spec);
        await vm.DisposeAsync();
        Assert.Null(await qemu.Launcher.ReattachAsync(vm.Handle with { StartTime = vm.Handle.StartTime + 1 }, Cancellation));
        Assert.Null(await qemu.Launcher.ReattachAsync(vm.Handle with { BootId = "other" }, Cancellation));
        await Assert.ThrowsAsync<QmpProtocolException>(() =>
            qemu.Launcher.ReattachAsync(vm.Handle with { VmId = Guid.NewGuid() }, Cancellation));
        Assert.True(vm.Handle.IsAlive());
    }

    [Fact]
    public void Handle_round_trips_and_refuses_other_json()
    {
        var handle = new VmHandle(Guid.NewGuid(), 12, 34, "boot", "/run/qmp");
        Assert.Equal(handle, VmHandle.Parse(handle.ToJson()));
        Assert.Throws<JsonException>(() => VmHandle.Parse("{}"));
    }

    [Fact]
    public async Task Launch_with_everything_beside_kvm_comes_up()
    {
        await using var qemu = new RealQemu();
        foreach (var machine in (MachineType[])[MachineType.Q35, MachineType.Pc])
        {
            var vm = await qemu.StartAsync(RealQemu.Spec with
            {
                Machine = machine,
                HotplugPorts = 28,
                Console = new ConsoleSpec(qemu.Folder.File("console.log"), qemu.Folder.File("console.sock")),
                Drives =
                [
                    new DriveSpec { Id = "vda", Layers = [RealQemu.Raw("l0", qemu.Folder.Sized("a", 1 << 20))], BootIndex = 0 },
                    new DriveSpec { Id = "sda", Layers = [RealQemu.Raw("l0", qemu.Folder.Sized("b", 1 << 20))], Bus = DriveBus.Scsi, Shared = true },
                    new DriveSpec { Id = "hda", Layers = [RealQemu.Raw("l0", qemu.Folder.Sized("c", 1 << 20))], Bus = DriveBus.Ide },
                    new DriveSpec { Id = "cfg", Layers = [RealQemu.Raw("l0", qemu.Folder.Sized("d", 1 << 20))], ReadOnly = true },
                ],
            });
            await vm.ContinueAsync(Cancellation);
            Assert.Equal(["cfg", "hda", "sda", "vda"], (await vm.DisksAsync(Cancellation)).Keys.Order());
            Assert.True((await vm.DisksAsync(Cancellation))["cfg"].ReadOnly);
            Assert.Equal(new VmExit.Code(0), await vm.QuitAsync(TimeSpan.FromSeconds(10), Cancellation));
        }
    }

    private static Dictionary<string, string> Status(int pid) =>
        File.ReadAllLines($"/proc/{pid}/status").Select(line => line.Split(':', 2)).ToDictionary(pair => pair[0], pair => pair[1].Trim());

    private static string Link(string path) => new FileInfo(path).LinkTarget ?? "";
}
