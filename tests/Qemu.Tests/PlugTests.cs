using System.Diagnostics;
using System.Text;
using Cumulet.Qemu.Qmp;

namespace Cumulet.Qemu.Tests;

/// <summary>Against a real QEMU without a guest: a machine reset stands in for the guest's consent to an unplug.</summary>
public sealed class PlugTests
{
    private static readonly UnplugPatience Short = new(2, TimeSpan.FromMilliseconds(100));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Drive_plugged_is_seen_and_unplugged_leaves_nothing()
    {
        await using var qemu = new RealQemu();
        var vm = await qemu.StartAsync(RealQemu.Spec);
        var disk = qemu.Folder.Sized("disk", 3 << 20);
        await vm.PlugDriveAsync(new DriveSpec { Id = "vdb", Layers = [RealQemu.Raw("l0", disk)], Serial = "vol" }, Cancellation);

        Assert.Equal("vdb.l0", (await vm.DisksAsync(Cancellation))["vdb"].Name);
        Assert.Equal(3 << 20, (await vm.DisksAsync(Cancellation))["vdb"].VirtualSize);
        Assert.Contains(disk, Open(vm));
        await vm.ContinueAsync(Cancellation);
        await Assert.ThrowsAsync<UnplugRefusedException>(() => vm.UnplugDriveAsync("vdb", Short, Cancellation));
        Assert.Contains(disk, Open(vm));
        await UnplugWithResetAsync(vm, patience => vm.UnplugDriveAsync("vdb", patience, Cancellation));

        Assert.DoesNotContain(disk, Open(vm));
        Assert.Empty(await vm.Qmp.QueryNamedBlockNodesAsync(Cancellation));
        Assert.Empty(await vm.Qmp.QueryFdsetsAsync(Cancellation));
        await vm.UnplugDriveAsync("vdb", Short, Cancellation);
    }

    [Fact]
    public async Task Drive_of_the_start_unplugs_the_same_way()
    {
        await using var qemu = new RealQemu();
        var disk = qemu.Folder.Sized("disk", 1 << 20);
        var vm = await qemu.StartAsync(RealQemu.Spec with { Drives = [new DriveSpec { Id = "vda", Layers = [RealQemu.Raw("l0", disk)] }] });
        await vm.ContinueAsync(Cancellation);
        await UnplugWithResetAsync(vm, patience => vm.UnplugDriveAsync("vda", patience, Cancellation));
        Assert.DoesNotContain(disk, Open(vm));
    }

    [Theory]
    [InlineData(DriveBus.Virtio, MachineType.Pc)]
    [InlineData(DriveBus.Scsi, MachineType.Q35)]
    public async Task Drive_plugs_on_other_buses(DriveBus bus, MachineType machine)
    {
        await using var qemu = new RealQemu();
        var first = new DriveSpec { Id = "da", Layers = [RealQemu.Raw("l0", qemu.Folder.Sized("a", 1 << 20))], Bus = bus };
        var second = first with { Id = "db", Layers = [RealQemu.Raw("l0", qemu.Folder.Sized("b", 1 << 20))] };
        var vm = await qemu.StartAsync(RealQemu.Spec with { Machine = machine, Drives = [first] });
        await vm.PlugDriveAsync(second, Cancellation);
        Assert.Equal(["da", "db"], (await vm.DisksAsync(Cancellation)).Keys.Order());
    }

    [Fact]
    public async Task Drive_that_fails_to_plug_leaves_nothing()
    {
        await using var qemu = new RealQemu();
        var vm = await qemu.StartAsync(RealQemu.Spec);
        await vm.ContinueAsync(Cancellation);
        var notQcow2 = new DriveSpec { Id = "vdb", Layers = [new LayerSpec("l0", LayerFormat.Qcow2, new DescriptorSource.File(qemu.Folder.Sized("x", 1 << 20)))] };
        await Assert.ThrowsAsync<QmpCommandException>(() => vm.PlugDriveAsync(notQcow2, Cancellation));
        Assert.Empty(await vm.Qmp.QueryFdsetsAsync(Cancellation));
        Assert.Empty(await vm.Qmp.QueryNamedBlockNodesAsync(Cancellation));
    }

    [Fact]
    public async Task Drive_beyond_the_last_port_is_refused()
    {
        await using var qemu = new RealQemu();
        var vm = await qemu.StartAsync(RealQemu.Spec with { HotplugPorts = 1 });
        await vm.PlugDriveAsync(new DriveSpec { Id = "a", Layers = [RealQemu.Raw("l0", qemu.Folder.Sized("a", 1 << 20))] }, Cancellation);
        await Assert.ThrowsAsync<NoFreePortException>(() =>
            vm.PlugDriveAsync(new DriveSpec { Id = "b", Layers = [RealQemu.Raw("l0", qemu.Folder.Sized("b", 1 << 20))] }, Cancellation));
        await Assert.ThrowsAsync<ArgumentException>(() =>
            vm.PlugDriveAsync(new DriveSpec { Id = "a", Layers = [RealQemu.Raw("l0", qemu.Folder.Sized("b", 1 << 20))] }, Cancellation));
    }

    [Fact]
    public async Task Drive_resized_online_grows_file_and_device()
    {
        await using var qemu = new RealQemu();
        var disk = qemu.Folder.Sized("disk", 1 << 20);
        var vm = await qemu.StartAsync(RealQemu.Spec with { Drives = [new DriveSpec { Id = "vda", Layers = [RealQemu.Raw("l0", disk)] }] });
        await vm.ResizeDriveAsync("vda", 5 << 20, Cancellation);
        Assert.Equal(5 << 20, (await vm.DisksAsync(Cancellation))["vda"].VirtualSize);
        Assert.Equal(5 << 20, new FileInfo(disk).Length);
    }

    [Fact]
    public async Task Snapshot_of_two_drives_goes_on_in_overlays_then_merges_and_unplugs()
    {
        await using var qemu = new RealQemu();
        var a = new DriveSpec { Id = "vda", Layers = [RealQemu.Raw("l0", qemu.Folder.Sized("a", 1 << 20))] };
        var b = new DriveSpec { Id = "vdb", Layers = [RealQemu.Raw("l0", qemu.Folder.Sized("b", 1 << 20))] };
        var vm = await qemu.StartAsync(RealQemu.Spec with { Drives = [a, b] });
        var (overA, overB) = (await OverlayAsync(qemu, "oa"), await OverlayAsync(qemu, "ob"));

        await vm.SnapshotAsync([(a, overA), (b, overB)], Cancellation);
        var disks = await vm.DisksAsync(Cancellation);
        Assert.Equal(("vda.oa", "vdb.ob"), (disks["vda"].Name, disks["vdb"].Name));

        await vm.MergeAsync(b, overB, [b.Layers[0]], null, 0, Cancellation);
        Assert.Equal("vdb.ob", (await vm.DisksAsync(Cancellation))["vdb"].Name);
        Assert.DoesNotContain("vdb.l0", (await vm.Qmp.QueryNamedBlockNodesAsync(Cancellation)).Select(node => node.Name));

        await vm.ContinueAsync(Cancellation);
        foreach (var drive in (string[])["vda", "vdb"])
            await UnplugWithResetAsync(vm, patience => vm.UnplugDriveAsync(drive, patience, Cancellation));
        Assert.Empty(await vm.Qmp.QueryNamedBlockNodesAsync(Cancellation));
        Assert.Empty(await vm.Qmp.QueryFdsetsAsync(Cancellation));
    }

    [Fact]
    public async Task Merge_takes_a_layer_out_of_a_running_chain_and_its_file_is_closed()
    {
        await using var qemu = new RealQemu();
        var (head, sealed2, sealed1) = (await OverlayAsync(qemu, "h"), await OverlayAsync(qemu, "m2"), await OverlayAsync(qemu, "m1"));
        var raw = RealQemu.Raw("l0", qemu.Folder.Sized("a", 1 << 20));
        QemuIo(qemu, "raw", "a", "write -P 1 0 64k");
        QemuIo(qemu, "qcow2", "m1", "write -P 2 64k 64k");
        QemuIo(qemu, "qcow2", "m2", "write -P 3 128k 64k");
        foreach (var one in (string[])["m1", "m2"]) File.SetUnixFileMode(qemu.Folder.File(one), UnixFileMode.UserRead | UnixFileMode.GroupRead);
        var vda = new DriveSpec { Id = "vda", Layers = [head, sealed2, sealed1, raw] };
        var vm = await qemu.StartAsync(RealQemu.Spec with { Drives = [vda] });
        await vm.ContinueAsync(Cancellation);

        for (var run = 0; run < 2; run++) await vm.MergeAsync(vda, sealed2, [sealed1], raw, 0, Cancellation);
        Assert.DoesNotContain("vda.m1", (await vm.Qmp.QueryNamedBlockNodesAsync(Cancellation)).Select(node => node.Name));
        Assert.DoesNotContain(qemu.Folder.File("m1"), Open(vm));
        QemuIo(qemu, "qcow2", "m2", "read -P 2 64k 64k", "-U", "-r");
        QemuIo(qemu, "qcow2", "m2", "read -P 3 128k 64k", "-U", "-r");

        await vm.MergeAsync(vda, head, [sealed2], raw, 0, Cancellation);
        Assert.Equal(["vda.h", "vda.h-f", "vda.l0", "vda.l0-f"], (await vm.Qmp.QueryNamedBlockNodesAsync(Cancellation)).Select(node => node.Name).Order());
        Assert.DoesNotContain(qemu.Folder.File("m2"), Open(vm));
        await vm.QuitAsync(TimeSpan.FromSeconds(5), Cancellation);
        QemuIo(qemu, "qcow2", "h", "read -P 2 64k 64k");
        QemuIo(qemu, "qcow2", "h", "read -P 3 128k 64k");
        QemuIo(qemu, "raw", "a", "read -P 1 0 64k");
    }

    [Fact]
    public async Task Merge_takes_out_former_heads_and_gives_way_to_a_snapshot()
    {
        await using var qemu = new RealQemu();
        var raw = RealQemu.Raw("l0", qemu.Folder.Sized("a", 16 << 20));
        var vda = new DriveSpec { Id = "vda", Layers = [raw] };
        var vm = await qemu.StartAsync(RealQemu.Spec with { Drives = [vda] });
        var (first, second, third) = (await OverlayAsync(qemu, "o1", "16M"), await OverlayAsync(qemu, "o2", "16M"), await OverlayAsync(qemu, "o3", "16M"));
        QemuIo(qemu, "qcow2", "o1", "write -P 7 0 16M");
        await vm.SnapshotAsync([(vda, first)], Cancellation);
        await vm.SnapshotAsync([(vda, second)], Cancellation);
        await vm.ContinueAsync(Cancellation);

        // So slow that it would take minutes.
        var slow = vm.MergeAsync(vda, second, [first], raw, 4096, Cancellation);
        while ((await vm.Qmp.QueryJobsAsync(Cancellation)).Count == 0) await Task.Delay(5, Cancellation);
        await vm.SnapshotAsync([(vda, third)], Cancellation);
        await Assert.ThrowsAsync<BlockJobException>(() => slow);
        Assert.Equal("vda.o3", (await vm.DisksAsync(Cancellation))["vda"].Name);
        Assert.Empty(await vm.Qmp.QueryJobsAsync(Cancellation));

        using var impatient = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        impatient.CancelAfter(50);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => vm.MergeAsync(vda, second, [first], raw, 4096, impatient.Token));
        Assert.Empty(await vm.Qmp.QueryJobsAsync(Cancellation));

        await vm.MergeAsync(vda, second, [first], raw, 0, Cancellation);
        Assert.DoesNotContain("vda.o1", (await vm.Qmp.QueryNamedBlockNodesAsync(Cancellation)).Select(node => node.Name));
        Assert.DoesNotContain(qemu.Folder.File("o1"), Open(vm));
        await vm.QuitAsync(TimeSpan.FromSeconds(5), Cancellation);
        QemuIo(qemu, "qcow2", "o2", "read -P 7 0 16M");
    }

    // Without its backing: what a header says of it is never asked.
    private static void QemuIo(RealQemu qemu, string format, string file, string command, params string[] options)
    {
        var backing = format == "qcow2" ? ",\"backing\":null" : "";
        var image = $"json:{{\"driver\":\"{format}\",\"file\":{{\"driver\":\"file\",\"filename\":\"{qemu.Folder.File(file)}\"}}{backing}}}";
        using var process = Process.Start(new ProcessStartInfo("qemu-io", [.. options, "-c", command, image]) { RedirectStandardOutput = true })!;
        var said = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0 && !said.Contains("failed", StringComparison.Ordinal), $"{command}: {said}");
    }

    [Fact]
    public async Task Snapshot_that_is_refused_leaves_the_heads_and_no_descriptor()
    {
        await using var qemu = new RealQemu();
        var a = new DriveSpec { Id = "vda", Layers = [RealQemu.Raw("l0", qemu.Folder.Sized("a", 1 << 20))] };
        var vm = await qemu.StartAsync(RealQemu.Spec with { Drives = [a] });
        var good = await OverlayAsync(qemu, "o2");
        var broken = new LayerSpec("o1", LayerFormat.Qcow2, new DescriptorSource.File(qemu.Folder.Sized("broken", 1 << 20)));
        await Assert.ThrowsAsync<QmpCommandException>(() => vm.SnapshotAsync([(a, good), (a, broken)], Cancellation));
        Assert.Equal("vda.l0", (await vm.DisksAsync(Cancellation))["vda"].Name);
        await vm.ContinueAsync(Cancellation); // where a QEMU before 9.1 closes what a paused guest let go of
        Assert.Single(await vm.Qmp.QueryFdsetsAsync(Cancellation));
    }

    [Fact]
    public async Task Nic_of_the_start_and_a_plugged_one_unplug()
    {
        Assert.SkipUnless(RealQemu.Root && File.Exists("/dev/net/tun"), "making a tap needs root and /dev/net/tun");
        await using var qemu = new RealQemu();
        var first = new NicSpec { Id = "nic0", Tap = new DescriptorSource.Handle(TapDevice.Open()), Mac = "fa:16:3e:00:00:01", Mtu = 1450 };
        var second = new NicSpec { Id = "nic1", Tap = new DescriptorSource.Handle(TapDevice.Open()), Mac = "fa:16:3e:00:00:02" };
        var vm = await qemu.StartAsync(RealQemu.Spec with { Nics = [first] });
        await vm.PlugNicAsync(second, Cancellation);
        Assert.Equal(2, Open(vm).Count(target => target == "/dev/net/tun"));
        await vm.Qmp.SetLinkAsync("nic1", up: false, Cancellation);

        await vm.ContinueAsync(Cancellation);
        foreach (var nic in (string[])["nic0", "nic1"])
            await UnplugWithResetAsync(vm, patience => vm.UnplugNicAsync(nic, patience, Cancellation));
        Assert.DoesNotContain("/dev/net/tun", Open(vm));
        await vm.UnplugNicAsync("nic1", Short, Cancellation);
    }

    [Fact]
    public async Task Vnc_speaks_without_any_listener()
    {
        await using var qemu = new RealQemu();
        var vm = await qemu.StartAsync(RealQemu.Spec);
        await using var screen = await vm.OpenVncAsync(Cancellation);
        var hello = new byte[12];
        await screen.ReadExactlyAsync(hello, Cancellation);
        Assert.Equal("RFB 003.008\n", Encoding.ASCII.GetString(hello));
    }

    [Fact]
    public async Task Reconnect_finds_the_guest_as_it_was()
    {
        await using var qemu = new RealQemu();
        var vm = await qemu.StartAsync(RealQemu.Spec);
        await vm.ContinueAsync(Cancellation);
        Assert.Equal("running", await vm.StatusAsync(Cancellation));
        await vm.PauseAsync(Cancellation);
        Assert.Equal("paused", await vm.StatusAsync(Cancellation));
        Assert.False(await vm.PowerdownAsync(TimeSpan.FromMilliseconds(50), Cancellation));
        await vm.ReconnectAsync(Cancellation);
        Assert.Equal("paused", await vm.StatusAsync(Cancellation));
    }

    internal static async Task UnplugWithResetAsync(RunningVm vm, Func<UnplugPatience, Task> unplug)
    {
        var done = unplug(new UnplugPatience(1, TimeSpan.FromSeconds(10)));
        // The request must be in before the reset; the reset comes second on the same monitor.
        while (!done.IsCompleted)
        {
            await vm.Qmp.SystemResetAsync(Cancellation);
            await Task.WhenAny(done, Task.Delay(50, Cancellation));
        }
        await done;
    }

    private static async Task<LayerSpec> OverlayAsync(RealQemu qemu, string name, string size = "1M")
    {
        var path = qemu.Folder.File(name);
        using var create = Process.Start(new ProcessStartInfo("qemu-img", ["create", "-q", "-f", "qcow2", path, size]))!;
        await create.WaitForExitAsync(Cancellation);
        Assert.Equal(0, create.ExitCode);
        return new LayerSpec(name, LayerFormat.Qcow2, new DescriptorSource.File(path));
    }

    private static List<string> Open(RunningVm vm) =>
        [.. Directory.EnumerateFiles($"/proc/{vm.Handle.Pid}/fd").Select(link => new FileInfo(link).LinkTarget ?? "")];
}
