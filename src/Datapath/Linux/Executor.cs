using System.Net;
using Cumulet.Datapath.Compile;
using Cumulet.Datapath.Desired;
using Cumulet.Datapath.Difference;

namespace Cumulet.Datapath.Linux;

/// <summary>
/// Carries a change out. Rules and settings of all namespaces come before the devices they are about: a device nobody has rules
/// for yet is cut off by the rules that are there.
/// </summary>
sealed class Executor(Names names, string? hostNamespace, Action<string> started)
{
    public ReadBack ReadBack { get; } = new(names, hostNamespace);

    public string HostReference => hostNamespace ?? $"{Environment.ProcessId}";

    /// <summary>Returns how many programs were run.</summary>
    public int Carry(Change change, DesiredState desired, NetworkPlan plan, string runFolder)
    {
        var before = Tools.Count;
        foreach (var state in change.Deleted)
            DnsmasqProcess.Remove(Path.Combine(runFolder, state.Name));
        if (change.Created.Count > 0)
            Tools.Run(null, "ip", ["-batch", "-"], Script(change.Created.Select(name => $"netns add {name}")));
        foreach (var one in change.Namespaces)
            SetUp(one);
        foreach (var one in change.Namespaces)
            Carry(one, desired.Namespaces.GetValueOrDefault(one.Name));
        if (change.Deleted.Count > 0)
            Tools.Run(null, "ip", ["-batch", "-"], Script(change.Deleted.Select(state => $"netns del {state.Name}")));
        foreach (var one in change.Namespaces)
            Cut(one, plan);
        return Tools.Count - before;
    }

    void Cut(NamespaceChange one, NetworkPlan plan)
    {
        if (one.Narrowed && one.Name == names.Switch)
        {
            var judge = new FlowJudge(plan);
            ConnectionCutter.Cut(one.Name, connection => connection.Flow.Zone != 0 && !judge.Allows(connection.Flow));
        }
        if (one.Withdrawn.Count > 0)
        {
            var gone = one.Withdrawn.Select(IPAddress.Parse).ToHashSet();
            ConnectionCutter.Cut(one.Name, connection =>
                gone.Contains(connection.Flow.Destination) || gone.Contains(connection.ReplyDestination));
        }
        if (one.Nft.Count > 0 && plan.Routers.FirstOrDefault(router => names.Router(router.Id) == one.Name) is { } router)
            CutForwardings(one.Name, plan, router);
    }

    /// <summary>What came in by a forwarding that is no more.</summary>
    static void CutForwardings(string place, NetworkPlan plan, PlannedRouter router)
    {
        var addresses = plan.FloatingIps.Where(floating => floating.RouterId == router.Id && floating.FixedAddress is null)
            .ToDictionary(floating => floating.FloatingAddress, floating => floating.Id);
        if (addresses.Count == 0)
            return;
        var open = plan.PortForwardings.Select(forwarding => (forwarding.FloatingIpId, forwarding.Protocol, forwarding.ExternalPort)).ToHashSet();
        ConnectionCutter.Cut(place, connection => addresses.TryGetValue(connection.Flow.Destination, out var id)
            && !open.Contains((id, connection.Flow.Protocol, connection.Flow.DestinationPort)));
    }

    // A device takes the settings that are the default when it is made, and the namespace of its other end may make it. The
    // rules come first: it is they that bring the kernel's modules, and with those the settings.
    void SetUp(NamespaceChange one)
    {
        var place = ReadBack.Place(one.Name);
        if (one.Nft.Count > 0)
            Tools.Run(place, "nft", ["-f", "-"], Script(one.Nft));
        if (one.Sysctls.Count > 0)
            NamespaceThread.Run(place, () => WriteSysctls(one));
    }

    void Carry(NamespaceChange one, NamespaceState? desired)
    {
        var place = ReadBack.Place(one.Name);
        if (one.Ip.Count > 0)
            Tools.Run(place, "ip", ["-batch", "-"], Script(one.Ip));
        if (one.FullChecksums.Count > 0)
            NamespaceThread.Run(place, () => TurnOffloadOff(one));
        if (one.Dnsmasq is { } files)
            switch (one.DnsmasqAction)
            {
                case DnsmasqAction.Start or DnsmasqAction.Restart:
                    DnsmasqProcess.Start(one.Name, files);
                    started(files.Folder);
                    break;
                case DnsmasqAction.Reload:
                    DnsmasqProcess.Reload(one.Name, files);
                    started(files.Folder);
                    break;
                case DnsmasqAction.Stop:
                    DnsmasqProcess.Remove(files.Folder);
                    break;
            }
        if (one.Announced.Count > 0)
            NamespaceThread.Run(place, () => Announce(one, desired!));
    }

    static bool TurnOffloadOff(NamespaceChange one)
    {
        foreach (var device in one.FullChecksums)
            ChecksumOffload.TurnOff(device);
        return true;
    }

    static bool WriteSysctls(NamespaceChange one)
    {
        foreach (var (path, value) in one.Sysctls)
        {
            if (path.StartsWith("bridge/", StringComparison.Ordinal) && !Directory.Exists("/proc/sys/net/bridge"))
                LoadBridgeFilter();
            File.WriteAllText($"/proc/sys/net/{path}", value);
        }
        return true;
    }

    /// <summary>Without it bridged packets pass no security group.</summary>
    static void LoadBridgeFilter()
    {
        if (File.Exists("/sbin/modprobe"))
            using (var load = System.Diagnostics.Process.Start("/sbin/modprobe", ["br_netfilter"]))
                load.WaitForExit();
        if (!Directory.Exists("/proc/sys/net/bridge"))
            throw new DatapathException(DatapathFailure.Refused,
                "security groups need the kernel module br_netfilter: run `modprobe br_netfilter`");
    }

    static bool Announce(NamespaceChange one, NamespaceState desired)
    {
        foreach (var (device, address) in one.Announced)
            GratuitousArp.Send(device, desired.Links[device].Mac!, IPAddress.Parse(address));
        return true;
    }

    /// <summary>By name, so that what no plan knows goes too.</summary>
    public void Teardown(string runFolder)
    {
        if (Directory.Exists(runFolder))
            foreach (var folder in Directory.EnumerateDirectories(runFolder).Where(path => names.IsNamespace(Path.GetFileName(path))))
                DnsmasqProcess.Remove(folder);
        if (Directory.Exists(runFolder) && !Directory.EnumerateFileSystemEntries(runFolder).Any())
            Directory.Delete(runFolder);
        // A namespace lives on, nameless, while a QEMU or a socket holds something in it: its devices go one by one.
        var devices = ReadBack.SwitchDevices();
        if (devices.Count > 0)
            Tools.Run(names.Switch, "ip", ["-batch", "-"], Script(devices.Select(name => $"link del dev {name}")));
        var host = ReadBack.ReadHost();
        if (host.Links.Count > 0)
            Tools.Run(hostNamespace, "ip", ["-batch", "-"], Script(host.Links.Keys.Select(name => $"link del dev {name}")));
        if (host.Tables.Count > 0)
            Tools.Run(hostNamespace, "nft", ["delete", "table", "ip", names.HostTable]);
        var all = ReadBack.Namespaces();
        if (all.Count > 0)
            Tools.Run(null, "ip", ["-batch", "-"], Script(all.Select(name => $"netns del {name}")));
    }

    static string Script(IEnumerable<string> lines) => string.Join('\n', lines) + "\n";
}
