using System.Diagnostics;
using System.Net.Sockets;
using System.Text;

namespace Cumulet.Bench;

/// <summary>
/// One <c>blockdev-snapshot-sync</c> after the other of a 10 GiB disk in a QEMU of the bench's own, beside whatever else the machine does:
/// the switch to a new head without a name, a row or a sync of its own.
/// </summary>
internal static class SnapshotFloor
{
    public static double Measure(BenchCloud cloud, int runs)
    {
        var disk = Path.Combine(cloud.Home, "floor-0.qcow2");
        var socket = Path.Combine(cloud.Home, "floor.sock");
        cloud.Run("qemu-img", ["create", "-q", "-f", "qcow2", disk, "10G"]);
        File.Delete(socket);
        using var qemu = Process.Start(cloud.Prepared("qemu-system-x86_64",
        [
            "-machine", "none", "-nodefaults", "-no-user-config", "-display", "none", "-qmp", $"unix:{socket},server=on,wait=off",
            "-blockdev", $"qcow2,node-name=head-0,file.driver=file,file.filename={disk},file.cache.direct=on",
        ]))!;
        using var monitor = Connected(socket);
        using var lines = new StreamReader(monitor, Encoding.UTF8);
        lines.ReadLine();
        Told("""{"execute":"qmp_capabilities"}""");
        var times = new List<double>();
        for (var i = 0; i < runs; i++)
        {
            var (file, watch) = (Path.Combine(cloud.Home, $"floor-{i + 1}.qcow2"), Stopwatch.StartNew());
            Told($$$"""
                {"execute":"blockdev-snapshot-sync","arguments":{"node-name":"head-{{{i}}}","snapshot-file":"{{{file}}}","snapshot-node-name":"head-{{{i + 1}}}","format":"qcow2"}}
                """);
            times.Add(watch.Elapsed.TotalMilliseconds);
        }
        qemu.Kill();
        qemu.WaitForExit();
        return Series.Median(times);

        void Told(string order)
        {
            monitor.Write(Encoding.UTF8.GetBytes(order));
            while (true)
            {
                var line = lines.ReadLine() ?? throw new InvalidOperationException("the floor's QEMU ended");
                if (line.Contains("\"error\"", StringComparison.Ordinal)) throw new InvalidOperationException($"the floor's QEMU: {line}");
                if (line.Contains("\"return\"", StringComparison.Ordinal)) return;
            }
        }
    }

    /// <summary>A QEMU's monitor, as soon as it listens: a floor may wait a millisecond, so that it hangs on no more than QEMU itself.</summary>
    internal static NetworkStream Connected(string socket)
    {
        var limit = Stopwatch.StartNew();
        while (true)
        {
            var monitor = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                monitor.Connect(new UnixDomainSocketEndPoint(socket));
                return new NetworkStream(monitor, ownsSocket: true);
            }
            catch (SocketException) when (limit.Elapsed < TimeSpan.FromSeconds(10))
            {
                monitor.Dispose();
                Thread.Sleep(1);
            }
        }
    }
}
