using System.Diagnostics;
using System.Net.Sockets;

namespace Cumulet.Qemu.Tests;

/// <summary>With a real Linux guest, whose image CUMULET_GUEST_IMAGE names (qcow2); slow, so it is skipped without.</summary>
public sealed class GuestTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Guest_boots_takes_and_gives_back_a_disk_and_obeys_the_power_button()
    {
        await using var qemu = new RealQemu();
        var console = qemu.Folder.File("console.log");
        var vm = await qemu.StartAsync(await LinuxAsync(qemu, console));
        using var changes = new ConsoleLines(console);
        await vm.ContinueAsync(Cancellation);
        await changes.ContainAsync("guest: booted");
        using var keyboard = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await keyboard.ConnectAsync(new UnixDomainSocketEndPoint(qemu.Folder.File("console.sock")), Cancellation);
        await keyboard.SendAsync("\n"u8.ToArray(), Cancellation);
        await changes.ContainAsync("guest login: ");
        await keyboard.SendAsync("cirros\n"u8.ToArray(), Cancellation);
        await changes.ContainAsync("Password: ");
        await keyboard.SendAsync("gocubsgo\n"u8.ToArray(), Cancellation);
        await changes.ContainAsync("$ ");

        var disk = qemu.Folder.Sized("disk", 8 << 20);
        await vm.PlugDriveAsync(new DriveSpec { Id = "vdb", Layers = [RealQemu.Raw("l0", disk)], Serial = "vol" }, Cancellation);
        await keyboard.SendAsync("until [ -b /dev/vdb ]; do sleep 0.1; done; cat /sys/block/vdb/size /sys/block/vdb/serial; echo plug''ged\n"u8.ToArray(), Cancellation);
        await changes.ContainAsync("plugged");
        Assert.Matches(@"\n16384\s+vol", await ConsoleLog.TailAsync(console, null, 1 << 20, Cancellation));
        await vm.UnplugDriveAsync("vdb", UnplugPatience.Default, Cancellation);
        Assert.DoesNotContain("vdb", (await vm.DisksAsync(Cancellation)).Keys);

        Assert.True(await vm.PowerdownAsync(TimeSpan.FromSeconds(30), Cancellation));
        Assert.Equal("shutdown", await vm.StatusAsync(Cancellation));
    }

    [Fact]
    public async Task Guest_that_still_boots_obeys_the_power_button_as_soon_as_it_hears_it()
    {
        await using var qemu = new RealQemu();
        var vm = await qemu.StartAsync(await LinuxAsync(qemu, qemu.Folder.File("console.log")));
        await vm.ContinueAsync(Cancellation);
        Assert.True(await vm.PowerdownAsync(TimeSpan.FromMinutes(2), Cancellation));
        Assert.Equal("shutdown", await vm.StatusAsync(Cancellation));
    }

    [Fact]
    public async Task Guest_whose_memory_was_saved_goes_on_where_it_was()
    {
        await using var qemu = new RealQemu();
        var console = qemu.Folder.File("console.log");
        var spec = await LinuxAsync(qemu, console);
        var vm = await qemu.StartAsync(spec);
        using var changes = new ConsoleLines(console);
        await vm.ContinueAsync(Cancellation);
        await changes.ContainAsync("guest: booted");
        var (first, second) = (Plugged("vdb"), Plugged("vdc"));
        await vm.PlugDriveAsync(first, Cancellation);
        using (await TypeAsync("\n", "guest login: ", "cirros\n", "Password: ", "gocubsgo\n", "$ ",
            "until [ -b /dev/vdb ]; do sleep 0.1; done; echo fi''rst\n", "first"))
        {
        }
        // Only now the second: a guest names its disks in the order in which it finds them.
        await vm.PlugDriveAsync(second, Cancellation);
        using (await TypeAsync("until [ -b /dev/vdc ]; do sleep 0.1; done; kept=yes; echo rea''dy\n", "ready"))
        {
            await vm.UnplugDriveAsync("vdb", UnplugPatience.Default, Cancellation);
        }

        var places = SavedPlaces.Parse((await vm.SaveAsync(qemu.Folder.File("memory"), Cancellation)).ToJson());
        await vm.SaveAsync(qemu.Folder.File("memory"), Cancellation); // twice is once
        await vm.QuitAsync(TimeSpan.FromSeconds(10), Cancellation);
        var again = await qemu.StartAsync(spec with { Drives = [.. spec.Drives, second], Saved = places });
        await again.LoadAsync(qemu.Folder.File("memory"), Cancellation);
        await again.ContinueAsync(Cancellation);
        using (await TypeAsync("echo kept: $kept; sudo dd if=/dev/vdc of=/dev/null bs=1M count=8 && echo al''ive\n", "kept: yes", "alive"))
        {
        }

        DriveSpec Plugged(string id) => new() { Id = id, Layers = [RealQemu.Raw("l0", qemu.Folder.Sized(id, 8 << 20))] };

        // What is typed, and what to wait for, in turns.
        async Task<Socket> TypeAsync(params string[] turns)
        {
            var keyboard = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await keyboard.ConnectAsync(new UnixDomainSocketEndPoint(qemu.Folder.File("console.sock")), Cancellation);
            for (var i = 0; i < turns.Length; i++)
            {
                if (turns[i].EndsWith('\n')) await keyboard.SendAsync(System.Text.Encoding.ASCII.GetBytes(turns[i]), Cancellation);
                else await changes.ContainAsync(turns[i]);
            }
            return keyboard;
        }
    }

    private static async Task<VmSpec> LinuxAsync(RealQemu qemu, string console)
    {
        var image = Environment.GetEnvironmentVariable("CUMULET_GUEST_IMAGE") ?? "";
        Assert.SkipUnless(File.Exists(image), "CUMULET_GUEST_IMAGE names no file");
        var overlay = qemu.Folder.File("head");
        using (var create = Process.Start("qemu-img", ["create", "-q", "-f", "qcow2", "-b", image, "-F", "qcow2", overlay]))
            await create.WaitForExitAsync(Cancellation);
        var root = new DriveSpec
        {
            Id = "vda",
            BootIndex = 0,
            Layers = [new LayerSpec("h", LayerFormat.Qcow2, new DescriptorSource.File(overlay)), new LayerSpec("b", LayerFormat.Qcow2, new DescriptorSource.File(image))],
        };
        return RealQemu.Spec with
        {
            MemoryMiB = 256, HotplugPorts = 28, Drives = [root], Console = new ConsoleSpec(console, qemu.Folder.File("console.sock")),
        };
    }

    /// <summary>Waits for text in a growing file, woken by its changes.</summary>
    private sealed class ConsoleLines : IDisposable
    {
        private readonly string _path;
        private readonly FileSystemWatcher _watcher;
        private readonly SemaphoreSlim _changed = new(1);

        public ConsoleLines(string path)
        {
            _path = path;
            _watcher = new FileSystemWatcher(Path.GetDirectoryName(path)!, Path.GetFileName(path)) { NotifyFilter = NotifyFilters.LastWrite | NotifyFilters.Size };
            _watcher.Changed += (_, _) => _changed.Release();
            _watcher.EnableRaisingEvents = true;
        }

        public async Task ContainAsync(string text)
        {
            while (!(await ConsoleLog.TailAsync(_path, null, 1 << 20, Cancellation)).Contains(text, StringComparison.Ordinal))
                Assert.True(await _changed.WaitAsync(TimeSpan.FromSeconds(30), Cancellation), $"no '{text}' on the console: {await ConsoleLog.TailAsync(_path, 20, 4096, Cancellation)}");
        }

        public void Dispose() => _watcher.Dispose();
    }
}
