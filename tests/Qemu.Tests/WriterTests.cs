using System.Diagnostics;

namespace Cumulet.Qemu.Tests;

/// <summary>A guest that writes without pause while its disk is changed under it: what was acknowledged is there, whatever happens.</summary>
public sealed class WriterTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Acknowledged_writes_outlive_snapshots_merges_and_a_kill()
    {
        await using var qemu = new RealQemu();
        var (target, log) = (Target(qemu.Folder.Sized("base", 4 << 20)), qemu.Folder.File("console.log"));
        var vm = await qemu.StartAsync(Spec(qemu, target, log));
        await vm.ContinueAsync(Cancellation);
        await GuestWriter.Goes(log, 30, Cancellation);

        var layers = new List<LayerSpec>();
        for (var i = 1; i <= 3; i++)
        {
            layers.Add(Overlay(qemu, $"o{i}"));
            await vm.SnapshotAsync([(target, layers[^1])], Cancellation);
            await GuestWriter.Goes(log, 20, Cancellation);
        }
        await vm.MergeAsync(target, layers[1], [layers[0]], target.Layers[0], 0, Cancellation);
        await GuestWriter.Goes(log, 20, Cancellation);
        await vm.MergeAsync(target, layers[2], [layers[1]], target.Layers[0], 256 << 10, Cancellation);
        await GuestWriter.Goes(log, 20, Cancellation);
        await vm.KillAsync(Cancellation);

        Assert.Null(GuestWriter.Wrong(Content(qemu, layers[2], target.Layers[0]), GuestWriter.Acknowledged(log)));
    }

    [Fact]
    public async Task Process_killed_in_a_merge_loses_nothing_of_either_chain()
    {
        await using var qemu = new RealQemu();
        var (target, log) = (Target(qemu.Folder.Sized("base", 4 << 20)), qemu.Folder.File("console.log"));
        var vm = await qemu.StartAsync(Spec(qemu, target, log));
        await vm.ContinueAsync(Cancellation);
        var (first, second) = (Overlay(qemu, "o1"), Overlay(qemu, "o2"));
        await vm.SnapshotAsync([(target, first)], Cancellation);
        await GuestWriter.Goes(log, 60, Cancellation);
        await vm.SnapshotAsync([(target, second)], Cancellation);

        var merge = vm.MergeAsync(target, second, [first], target.Layers[0], 16 << 10, Cancellation);
        await GuestWriter.Goes(log, 30, Cancellation);
        await vm.KillAsync(Cancellation);
        await Assert.ThrowsAnyAsync<Exception>(() => merge);

        // The rows still have the long chain.
        Assert.Null(GuestWriter.Wrong(Content(qemu, second, first, target.Layers[0]), GuestWriter.Acknowledged(log)));
    }

    [Fact]
    public async Task Full_disk_pauses_the_guest_which_goes_on_with_space()
    {
        Assert.SkipUnless(RealQemu.Root, "a file system of its own needs root");
        await using var qemu = new RealQemu();
        var small = Directory.CreateDirectory(qemu.Folder.File("small")).FullName;
        Run("mount", "-t", "tmpfs", "-o", "size=1M,mode=755", "tmpfs", small);
        try
        {
            var filler = Path.Combine(small, "filler");
            await File.WriteAllBytesAsync(filler, new byte[700 << 10], Cancellation);
            var file = Path.Combine(small, "disk");
            using (var made = File.Create(file)) made.SetLength(4 << 20);
            var (target, log) = (Target(file), qemu.Folder.File("console.log"));
            var vm = await qemu.StartAsync(Spec(qemu, target, log));
            await vm.ContinueAsync(Cancellation);
            await StatusBecomes(vm, "io-error");
            var before = GuestWriter.Acknowledged(log).Count;
            Assert.True(before > 0, "the guest wrote nothing before the disk was full");

            File.Delete(filler);
            await vm.ContinueAsync(Cancellation);
            await GuestWriter.Goes(log, 20, Cancellation);
            await vm.KillAsync(Cancellation);
            Assert.Null(GuestWriter.Wrong(await File.ReadAllBytesAsync(file, Cancellation), GuestWriter.Acknowledged(log)));
        }
        finally
        {
            Run("umount", "-l", small);
        }
    }

    [Fact]
    public async Task Stopped_process_fails_within_its_limit_and_goes_on_when_it_is_continued()
    {
        await using var qemu = new RealQemu(new Qmp.QmpLimits { Command = TimeSpan.FromSeconds(2), Greeting = TimeSpan.FromSeconds(20) });
        var (target, log) = (Target(qemu.Folder.Sized("base", 4 << 20)), qemu.Folder.File("console.log"));
        var vm = await qemu.StartAsync(Spec(qemu, target, log));
        await vm.ContinueAsync(Cancellation);
        await GuestWriter.Goes(log, 10, Cancellation);

        Run("kill", "-STOP", $"{vm.Handle.Pid}");
        await Assert.ThrowsAsync<Qmp.QmpTimeoutException>(() => vm.SnapshotAsync([(target, Overlay(qemu, "o1"))], Cancellation));
        await Assert.ThrowsAsync<Qmp.QmpClosedException>(() => vm.StatusAsync(Cancellation));
        Run("kill", "-CONT", $"{vm.Handle.Pid}");
        await vm.ReconnectAsync(Cancellation);
        Assert.Equal("running", await vm.StatusAsync(Cancellation));
        await GuestWriter.Goes(log, 10, Cancellation);

        Run("kill", "-STOP", $"{vm.Handle.Pid}");
        await vm.KillAsync(Cancellation);
        Assert.Null(GuestWriter.Wrong(await File.ReadAllBytesAsync(qemu.Folder.File("base"), Cancellation), GuestWriter.Acknowledged(log)));
    }

    private static async Task StatusBecomes(RunningVm vm, string status)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        while (await vm.StatusAsync(limit.Token) != status) await Task.Delay(20, limit.Token);
    }

    private static VmSpec Spec(RealQemu qemu, DriveSpec target, string log) => RealQemu.Spec with
    {
        Drives =
        [
            new DriveSpec { Id = "boot", Layers = [RealQemu.Raw("l0", GuestWriter.BootDisk(qemu.Folder.File("boot")))], BootIndex = 0 },
            target,
        ],
        Console = new ConsoleSpec(log),
    };

    private static DriveSpec Target(string file) => new() { Id = "target", Layers = [RealQemu.Raw("l0", file)] };

    private static LayerSpec Overlay(RealQemu qemu, string name)
    {
        var path = qemu.Folder.File(name);
        Run("qemu-img", "create", "-q", "-f", "qcow2", path, "4M");
        return new LayerSpec(name, LayerFormat.Qcow2, new DescriptorSource.File(path));
    }

    private static byte[] Content(RealQemu qemu, params LayerSpec[] layers)
    {
        var json = "null";
        foreach (var layer in layers.Reverse())
        {
            var file = $"\"file\":{{\"driver\":\"file\",\"filename\":\"{((DescriptorSource.File)layer.Source).Path}\"}}";
            json = layer.Format is LayerFormat.Raw ? $"{{\"driver\":\"raw\",{file}}}" : $"{{\"driver\":\"qcow2\",{file},\"backing\":{json}}}";
        }
        var raw = qemu.Folder.File("content");
        Run("qemu-img", "convert", "-O", "raw", $"json:{json}", raw);
        return File.ReadAllBytes(raw);
    }

    private static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)}: {process.ExitCode}");
    }
}
