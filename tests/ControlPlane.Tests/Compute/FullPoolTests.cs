using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using Cumulet.ControlPlane.Compute.Hypervisor;
using Cumulet.ControlPlane.Compute.Servers;
using Cumulet.ControlPlane.Sagas;
using Cumulet.ControlPlane.Store;
using Cumulet.ControlPlane.Tests.Images;
using Cumulet.Disks;
using Cumulet.Qemu.Tests;
using Microsoft.Extensions.Logging.Abstractions;

namespace Cumulet.ControlPlane.Tests.Compute;

/// <summary>A real QEMU on a pool that is a small file system of its own.</summary>
public sealed class FullPoolTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Guest_that_a_full_pool_has_stopped_goes_on_by_itself_when_there_is_space()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "a file system of its own needs root");
        var state = Directory.CreateTempSubdirectory("cumulet-full-").FullName;
        var pool = Directory.CreateDirectory(Path.Combine(state, "disks")).FullName;
        Run("mount", "-t", "tmpfs", "-o", "size=3M,mode=755", "tmpfs", pool);
        try
        {
            var filler = Path.Combine(pool, "filler");
            await File.WriteAllBytesAsync(filler, new byte[2700 << 10], Cancellation);
            var file = Path.Combine(pool, "disk");
            using (var made = File.Create(file)) made.SetLength(4 << 20);
            var id = Guid.NewGuid();
            var log = Path.Combine(state, "vms", $"{id}", "console.log");
            var seen = new ConcurrentQueue<VmEvent>();
            using var database = Database.OpenSqlite(Path.Combine(state, "none.db"));
            await using var hypervisor = new QemuHypervisor(PartsOf(state, database));
            hypervisor.Watch((_, what) => seen.Enqueue(what));
            await hypervisor.Start(Plan(id, GuestWriter.BootDisk(Path.Combine(state, "boot")), file), _ => Task.CompletedTask, Cancellation);
            await Eventually.Holds(() => seen.Contains(VmEvent.Halted));
            var before = GuestWriter.Acknowledged(log).Count;

            File.Delete(filler);
            await GuestWriter.Goes(log, 20, Cancellation);

            Assert.Contains(VmEvent.Running, seen);
            await hypervisor.Destroy(id, Cancellation);
            var acknowledged = GuestWriter.Acknowledged(log);
            Assert.True(acknowledged.Count >= before + 20);
            Assert.Null(GuestWriter.Wrong(await File.ReadAllBytesAsync(file, Cancellation), acknowledged));
        }
        finally
        {
            Run("umount", "-l", pool);
            Directory.Delete(state, recursive: true);
        }
    }

    private static CloudParts PartsOf(string state, Database database)
    {
        var options = new CloudOptions
        {
            StateDirectory = state,
            Listen = new IPEndPoint(IPAddress.Loopback, 0),
            DiskReserve = 0,
            LauncherPath = Environment.ProcessPath!,
        };
        return new CloudParts(options, database, new SagaRunner(database, TimeProvider.System, NullLogger.Instance), TimeProvider.System, NullLoggerFactory.Instance);
    }

    private static VmPlan Plan(Guid id, string boot, string target) => new()
    {
        Id = id,
        Number = 59_999,
        Vcpus = 1,
        RamMib = 32,
        Disks =
        [
            new VmDisk("boot", Chain(boot), "virtio", null, 0, ReadOnly: false, Shared: false),
            new VmDisk("target", Chain(target), "virtio", null, null, ReadOnly: false, Shared: false),
        ],
        Nics = [],
    };

    private static DiskChain Chain(string path) => new([new DiskLayer(Guid.NewGuid(), DiskFormat.Raw, path)]);

    private static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)}: {process.ExitCode}");
    }
}
