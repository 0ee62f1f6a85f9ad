using System.Text;
using System.Text.Json;
using Cumulet.Datapath.Compile;
using Cumulet.Datapath.Desired;
using Cumulet.Datapath.Difference;

namespace Cumulet.Datapath.Linux;

/// <summary>
/// What is on the host, as far as it is this cloud's. Rules are compared as the kernel prints them: the desired ones
/// are loaded into a scratch namespace, and both are listed.
/// </summary>
sealed class ReadBack(Names names, string? hostNamespace)
{
    public string? Place(string name) => name == Names.Host ? hostNamespace : name;

    public IReadOnlyList<string> Namespaces() =>
        Directory.Exists("/run/netns")
            ? [.. Directory.EnumerateFiles("/run/netns").Select(path => Path.GetFileName(path)).Where(names.IsNamespace).Order(StringComparer.Ordinal)]
            : [];

    /// <summary>This cloud's devices and table in the host's namespace.</summary>
    public NamespaceState ReadHost() => ReadOne(Names.Host, null, "");

    /// <summary>Devices of the switch that are not part of every namespace.</summary>
    public IReadOnlyList<string> SwitchDevices() =>
        Namespaces().Contains(names.Switch)
            ? [.. Links(Tools.Run(names.Switch, "ip", ["-j", "-d", "addr", "show"])).Where(link => link.Kind != LinkKind.Loopback).Select(link => link.Name)]
            : [];

    public DesiredState Read(DesiredState desired, string runFolder)
    {
        SortedDictionary<string, NamespaceState> all = new(StringComparer.Ordinal);
        var scratch = false;
        try
        {
            foreach (var name in Namespaces().Where(name => name != names.Scratch).Prepend(Names.Host))
            {
                var wanted = desired.Namespaces.GetValueOrDefault(name);
                var state = ReadOne(name, wanted, Path.Combine(runFolder, name));
                if (wanted is { Tables.Count: > 0 })
                {
                    if (!scratch)
                        MakeScratch();
                    scratch = true;
                    var same = SameTables(name, wanted);
                    state = state with { Tables = same ? wanted.Tables : [], TablesDiffer = !same };
                }
                if (name != Names.Host || state.Links.Count > 0 || wanted is not null || state.Tables.Count > 0)
                    all.Add(name, state);
            }
        }
        finally
        {
            if (scratch)
                Tools.Run(null, "ip", ["netns", "del", names.Scratch]);
        }
        DropHalfPairs(all, desired);
        return new DesiredState(all);
    }

    void MakeScratch()
    {
        if (File.Exists(NamespaceThread.PathOf(names.Scratch)))
            Tools.Run(null, "ip", ["netns", "del", names.Scratch]);
        Tools.Run(null, "ip", ["netns", "add", names.Scratch]);
    }

    NamespaceState ReadOne(string name, NamespaceState? wanted, string folder)
    {
        var place = Place(name);
        var state = new NamespaceState(name) { Dnsmasq = name == Names.Host ? null : DnsmasqProcess.ReadBack(folder), Place = wanted?.Place };
        foreach (var link in Links(Tools.Run(place, "ip", ["-j", "-d", "addr", "show"])))
            if (name != Names.Host || names.IsUplink(link.Name))
                state.Links.Add(link.Name, link);
        if (name == Names.Host)
        {
            if (HasHostTable(place))
                state.Tables.Add(new NftTable("ip", names.HostTable));
        }
        else
        {
            state.Routes.UnionWith(Routes(Tools.Run(place, "ip", ["-j", "-4", "route", "show", "proto", "static"]), v6: false));
            state.Routes.UnionWith(Routes(Tools.Run(place, "ip", ["-j", "-6", "route", "show", "proto", "static"]), v6: true));
        }
        if (wanted is not null)
            NamespaceThread.Run(place, () => ReadSysctls(state, wanted));
        return state;
    }

    static bool ReadSysctls(NamespaceState state, NamespaceState wanted)
    {
        foreach (var path in wanted.Sysctls.Keys)
            if (File.Exists($"/proc/sys/net/{path}"))
                state.Sysctls[path] = File.ReadAllText($"/proc/sys/net/{path}").Trim();
        return true;
    }

    bool HasHostTable(string? place) =>
        Tools.Run(place, "nft", ["list", "tables", "ip"]).Split('\n').Contains($"table ip {names.HostTable}");

    bool SameTables(string name, NamespaceState wanted)
    {
        var script = new StringBuilder("flush ruleset\n");
        foreach (var line in NftDifference.Between([], wanted.Tables))
            script.Append(line).Append('\n');
        Tools.Run(names.Scratch, "nft", ["-f", "-"], script.ToString());
        if (name != Names.Host)
            return List(name, "ruleset") == List(names.Scratch, "ruleset");
        string[] table = ["table", "ip", names.HostTable];
        return HasHostTable(Place(name)) && List(Place(name), table) == List(names.Scratch, table);
    }

    /// <summary>Without what counters say. The kernel lists tables, sets and chains in the order they were made, which says nothing: sorted here.</summary>
    static string List(string? place, params string[] what)
    {
        List<string> objects = [];
        var (table, current) = ("", new StringBuilder());
        foreach (var line in Tools.Run(place, "nft", ["-s", "list", .. what]).Split('\n'))
            if (line.StartsWith("table ", StringComparison.Ordinal))
                table = line;
            else if (line is "\t}" or "}")
            {
                objects.Add($"{table}{current}");
                current.Clear();
            }
            else if (line.Length > 0)
                current.Append('\n').Append(line);
        objects.Sort(StringComparer.Ordinal);
        return string.Join('\n', objects);
    }

    /// <summary>A pair whose other end is not where it belongs is made anew.</summary>
    void DropHalfPairs(SortedDictionary<string, NamespaceState> all, DesiredState desired)
    {
        if (!all.TryGetValue(names.Switch, out var present) || !desired.Namespaces.TryGetValue(names.Switch, out var wanted))
            return;
        foreach (var link in wanted.Links.Values)
            if (link.Peer is { } peer && present.Links.TryGetValue(link.Name, out var half)
                && all.GetValueOrDefault(peer.Namespace)?.Links.ContainsKey(peer.Name) != true)
                present.Links[link.Name] = half with { Peer = ("?", "?") };
    }

    static IEnumerable<Link> Links(string json)
    {
        using var document = JsonDocument.Parse(json);
        foreach (var item in document.RootElement.EnumerateArray())
        {
            if (!item.TryGetProperty("ifname", out var ifname))
                continue;
            var name = ifname.GetString()!;
            var link = new Link(name, Kind(item, name))
            {
                Mac = item.TryGetProperty("address", out var mac) ? mac.GetString() : null,
                Mtu = item.GetProperty("mtu").GetInt32(),
                Master = item.TryGetProperty("master", out var master) ? master.GetString() : null,
                Up = item.GetProperty("flags").EnumerateArray().Any(flag => flag.GetString() == "UP"),
            };
            foreach (var address in item.GetProperty("addr_info").EnumerateArray())
                if (address.TryGetProperty("local", out var local) && address.GetProperty("scope").GetString() is not "link"
                    && (name != "lo" || address.GetProperty("scope").GetString() is not "host"))
                    link.Addresses.Add($"{local.GetString()}/{address.GetProperty("prefixlen").GetInt32()}");
            yield return link;
        }
    }

    static LinkKind Kind(JsonElement item, string name)
    {
        if (name == "lo")
            return LinkKind.Loopback;
        var kind = item.TryGetProperty("linkinfo", out var info) && info.TryGetProperty("info_kind", out var value) ? value.GetString() : null;
        return kind switch
        {
            "bridge" => LinkKind.Bridge,
            "tun" => LinkKind.Tap,
            // Of a pair the switch has the one end and the others the other; the name says which.
            "veth" when name[0] is 'p' or 'u' => LinkKind.Veth,
            "veth" => LinkKind.Peer,
            _ => LinkKind.Unknown,
        };
    }

    static IEnumerable<Route> Routes(string json, bool v6)
    {
        if (json.Trim().Length == 0)
            return [];
        using var document = JsonDocument.Parse(json);
        return [.. document.RootElement.EnumerateArray().Select(item => new Route(v6,
            item.GetProperty("dst").GetString()!,
            item.TryGetProperty("gateway", out var via) ? via.GetString() : null,
            item.TryGetProperty("dev", out var device) ? device.GetString()! : ""))];
    }
}
