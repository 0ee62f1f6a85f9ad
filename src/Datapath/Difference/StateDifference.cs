using Cumulet.Datapath.Compile;
using Cumulet.Datapath.Desired;

namespace Cumulet.Datapath.Difference;

/// <summary>From what is on the host to what shall be, as the fewest commands. Pure.</summary>
static class StateDifference
{
    /// <param name="hostReference">How `ip … netns` names the namespace that plays the host: its name, or a process id.</param>
    public static Change Between(DesiredState actual, DesiredState desired, Names names, string hostReference)
    {
        string Reference(string name) => name == Names.Host ? hostReference : name;
        List<NamespaceChange> changes = [];
        HashSet<(string Namespace, string Name)> remade = [];
        foreach (var wanted in desired.Namespaces.Values.OrderBy(state => state.Name == names.Switch ? 0 : 1))
        {
            var present = actual.Namespaces.GetValueOrDefault(wanted.Name) ?? new NamespaceState(wanted.Name)
            {
                Links = new(StringComparer.Ordinal) { ["lo"] = new Link("lo", LinkKind.Loopback) { Up = false } },
            };
            var gone = remade.Where(end => end.Namespace == wanted.Name).Select(end => end.Name).ToHashSet();
            var change = Between(present, wanted, gone, LinkDifference.Between(present, wanted, gone, remade, Reference));
            if (change.Count > 0)
                changes.Add(change);
        }
        // The host's own is never deleted, only emptied: its device goes with the switch's end, its table here.
        if (actual.Namespaces.TryGetValue(Names.Host, out var host) && !desired.Namespaces.ContainsKey(Names.Host))
        {
            var emptied = Between(host, new NamespaceState(Names.Host), new HashSet<string>(), []);
            if (emptied.Count > 0)
                changes.Add(emptied);
        }
        return new Change(
            [.. desired.Namespaces.Keys.Where(name => name != Names.Host && !actual.Namespaces.ContainsKey(name))],
            changes,
            [.. actual.Namespaces.Values.Where(state => state.Name != Names.Host && !desired.Namespaces.ContainsKey(state.Name))]);
    }

    static NamespaceChange Between(NamespaceState present, NamespaceState wanted, IReadOnlySet<string> gone, List<string> ip)
    {
        var nft = NftDifference.Between(present.TablesDiffer ? [] : present.Tables, wanted.Tables);
        if (present.TablesDiffer)
            nft.InsertRange(0, Wipe(wanted));
        return new NamespaceChange(wanted.Name)
        {
            Nft = nft,
            Sysctls = [.. wanted.Sysctls.Where(pair => present.Sysctls.GetValueOrDefault(pair.Key) != pair.Value)],
            Ip = ip,
            FullChecksums = [.. wanted.Links.Values
                .Where(link => link.FullChecksums && (gone.Contains(link.Name) || !present.Links.ContainsKey(link.Name))).Select(link => link.Name)],
            DnsmasqAction = Dnsmasq(present.Dnsmasq, wanted.Dnsmasq),
            Dnsmasq = wanted.Dnsmasq ?? present.Dnsmasq,
            Announced = wanted.Place is DatapathNamespace.OfRouter ? NewAddresses(present, wanted) : [],
            Withdrawn = wanted.Place is DatapathNamespace.OfRouter
                ? [.. NewAddresses(wanted, present).Select(one => one.Address)] : [],
            Narrowed = NftDifference.Narrows(nft),
        };
    }

    static IEnumerable<string> Wipe(NamespaceState wanted) =>
        wanted.Name != Names.Host
            ? ["flush ruleset"]
            : wanted.Tables.SelectMany(table => new[]
            {
                $"add table {table.Family} {table.Name}",
                $"delete table {table.Family} {table.Name}",
            });

    static DnsmasqAction Dnsmasq(DnsmasqFiles? present, DnsmasqFiles? wanted) => (present, wanted) switch
    {
        (null, null) => DnsmasqAction.None,
        (null, _) => DnsmasqAction.Start,
        (_, null) => DnsmasqAction.Stop,
        _ when present == wanted => DnsmasqAction.None,
        _ when present.Configuration == wanted.Configuration && present.Folder == wanted.Folder => DnsmasqAction.Reload,
        _ => DnsmasqAction.Restart,
    };

    /// <summary>IPv4 addresses of devices that are up, which <paramref name="before"/> has not.</summary>
    static List<(string Device, string Address)> NewAddresses(NamespaceState before, NamespaceState after)
    {
        List<(string, string)> found = [];
        foreach (var link in after.Links.Values.Where(link => link is { Kind: LinkKind.Peer, Up: true }))
            foreach (var address in link.Addresses)
                if (!address.Contains(':') && before.Links.GetValueOrDefault(link.Name)?.Addresses.Contains(address) != true)
                    found.Add((link.Name, address[..address.IndexOf('/')]));
        return found;
    }
}
