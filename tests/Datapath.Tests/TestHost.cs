using System.Net;
using Cumulet.Datapath.Compile;
using Cumulet.Datapath.Linux;

namespace Cumulet.Datapath.Tests;

/// <summary>A cloud whose host is a namespace of the test's own, so that nothing touches the machine's network.</summary>
sealed class TestHost : IAsyncDisposable
{
    static int _count;

    readonly List<Guest> _guests = [];
    readonly string _folder;

    public string Cloud { get; } = $"t{Environment.ProcessId % 100000:x}{Interlocked.Increment(ref _count)}";
    public string HostNamespace => $"{Cloud}-host";
    public LinuxDatapathOptions Options { get; }
    public LinuxDatapath Datapath { get; private set; }
    public static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public TestHost()
    {
        _folder = Directory.CreateTempSubdirectory("datapath-").FullName;
        Options = new LinuxDatapathOptions { Cloud = Cloud, HostNamespace = HostNamespace, RunFolder = Path.Combine(_folder, "run") };
        Native.chmod(_folder, 0b111_101_101);
        Tools.Run(null, "ip", ["netns", "add", HostNamespace]);
        Tools.Run(HostNamespace, "ip", ["link", "set", "dev", "lo", "up"]);
        Datapath = new LinuxDatapath(Options);
    }

    public Task<ApplyResult> Apply(NetworkPlan plan) => Datapath.ApplyAsync(plan, Cancellation);

    /// <summary>As after a crash: a new object that remembers nothing.</summary>
    public async Task Restart()
    {
        await Datapath.DisposeAsync();
        Datapath = new LinuxDatapath(Options);
    }

    public Guest Boot(PlannedPort port)
    {
        var guest = new Guest($"{Cloud}-g{port.Number}", Datapath.OpenTap(port.Id), port.Mac);
        _guests.Add(guest);
        return guest;
    }

    /// <summary>A guest whose addresses and default route are set by hand.</summary>
    public Guest BootStatic(PlannedPort port)
    {
        var guest = Boot(port);
        foreach (var ip in port.FixedIps)
            guest.Ip($"addr add {ip.Address}/{(ip.Address.GetAddressBytes().Length == 4 ? 24 : 64)} dev eth0{(ip.Address.GetAddressBytes().Length == 4 ? "" : " nodad")}");
        guest.Ip("route replace default via 10.9.0.1");
        return guest;
    }

    /// <summary>Both ends of each connection that the switch tracks.</summary>
    public List<string> Tracked()
    {
        List<string> found = [];
        ConnectionCutter.Cut(new Names(Cloud).Switch, connection =>
        {
            found.Add($"{connection.Flow.Source} {connection.Flow.Destination}");
            return false;
        });
        return found;
    }

    public T InHost<T>(Func<T> work) => NamespaceThread.Run(HostNamespace, work);

    public static IReadOnlyList<string> NamespacesOf(string cloud) =>
        [.. Directory.EnumerateFiles("/run/netns").Select(path => Path.GetFileName(path)).Where(name => name.StartsWith($"cum-{cloud}", StringComparison.Ordinal))];

    public async ValueTask DisposeAsync()
    {
        foreach (var guest in _guests)
            guest.Dispose();
        await Datapath.TeardownAsync(CancellationToken.None);
        await Datapath.DisposeAsync();
        Tools.Run(null, "ip", ["netns", "del", HostNamespace]);
        Directory.Delete(_folder, recursive: true);
    }
}
