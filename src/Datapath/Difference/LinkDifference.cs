using Cumulet.Datapath.Desired;

namespace Cumulet.Datapath.Difference;

/// <summary>The `ip` commands from one namespace's devices, addresses and routes to another's.</summary>
static class LinkDifference
{
    /// <param name="remade">Devices of this namespace that vanish because their other end is removed or remade.</param>
    /// <param name="remadePeers">Receives the other ends of pairs made or removed here.</param>
    public static List<string> Between(
        NamespaceState actual,
        NamespaceState desired,
        IReadOnlySet<string> remade,
        HashSet<(string Namespace, string Name)> remadePeers,
        Func<string, string> namespaceReference)
    {
        List<string> lines = [];
        var present = actual.Links.Values.Where(link => !remade.Contains(link.Name)).ToDictionary(link => link.Name);
        foreach (var link in actual.Links.Values.OrderByDescending(link => link.Kind))
        {
            if (link.Kind is LinkKind.Peer or LinkKind.Loopback)
                continue;
            if (desired.Links.TryGetValue(link.Name, out var wanted) && !MustRemake(link, wanted))
                continue;
            lines.Add($"link del dev {link.Name}");
            present.Remove(link.Name);
            if (link.Peer is { } peer)
                remadePeers.Add(peer);
            if (wanted?.Peer is { } newPeer)
                remadePeers.Add(newPeer);
        }
        HashSet<string> touched = [];
        foreach (var link in desired.Links.Values.OrderBy(link => link.Kind))
            Ensure(lines, present.GetValueOrDefault(link.Name), link, touched, namespaceReference);
        Routes(lines, actual, desired, present, touched);
        return lines;
    }

    static bool MustRemake(Link link, Link wanted) =>
        link.Kind != wanted.Kind || (link.Peer is { } peer && wanted.Peer is { } other && peer != other);

    static void Ensure(
        List<string> lines, Link? present, Link wanted, HashSet<string> touched, Func<string, string> namespaceReference)
    {
        if (present is null && Make(wanted, namespaceReference) is { } make)
            lines.Add(make);
        present ??= new Link(wanted.Name, wanted.Kind) { Up = false };
        List<string> settings = [];
        if (wanted.Mac is not null && wanted.Mac != present.Mac)
            settings.Add($"address {wanted.Mac}");
        if (wanted.Mtu != 0 && wanted.Mtu != present.Mtu)
            settings.Add($"mtu {wanted.Mtu}");
        if (wanted.Master != present.Master)
            settings.Add(wanted.Master is null ? "nomaster" : $"master {wanted.Master}");
        if (wanted.Up != present.Up)
            settings.Add(wanted.Up ? "up" : "down");
        foreach (var address in present.Addresses.Except(wanted.Addresses))
            lines.Add($"addr del {address} dev {wanted.Name}");
        if (settings.Count > 0)
            lines.Add($"link set dev {wanted.Name} {string.Join(' ', settings)}");
        foreach (var address in wanted.Addresses.Except(present.Addresses).OrderBy(HostAddressesLast))
            lines.Add($"addr add {address} dev {wanted.Name}{(address.Contains(':') ? " nodad" : "")}");
        if (settings.Count > 0 || !wanted.Addresses.SetEquals(present.Addresses))
            touched.Add(wanted.Name);
    }

    /// <summary>The first address of a device is the one its own traffic bears: a floating IP must not be it.</summary>
    static int HostAddressesLast(string address) => address.EndsWith("/32", StringComparison.Ordinal) ? 1 : 0;

    static string? Make(Link link, Func<string, string> namespaceReference) => link.Kind switch
    {
        LinkKind.Bridge => $"link add {link.Name} type bridge stp_state 0 forward_delay 0 mcast_snooping 0",
        LinkKind.Tap => $"tuntap add dev {link.Name} mode tap vnet_hdr",
        LinkKind.Veth =>
            $"link add {link.Name} type veth peer name {link.Peer!.Value.Name} netns {namespaceReference(link.Peer.Value.Namespace)}",
        _ => null,
    };

    /// <summary>The kernel drops routes with their device, its address or its being up: those are sent again.</summary>
    static void Routes(
        List<string> lines, NamespaceState actual, NamespaceState desired, Dictionary<string, Link> present, HashSet<string> touched)
    {
        foreach (var route in actual.Routes)
            if (present.ContainsKey(route.Device) && !touched.Contains(route.Device)
                && !desired.Routes.Any(other => other.V6 == route.V6 && other.Destination == route.Destination))
                lines.Add($"route del {Text(route)}");
            else if (present.ContainsKey(route.Device) && touched.Contains(route.Device) && !desired.Routes.Contains(route)
                && desired.Links[route.Device].Up
                && !desired.Routes.Any(other => other.V6 == route.V6 && other.Destination == route.Destination))
                // It may have gone already: replacing makes sure that there is one to delete.
                lines.AddRange([$"route replace {Text(route)} proto static", $"route del {Text(route)}"]);
        foreach (var route in desired.Routes)
            if (!actual.Routes.Contains(route) || touched.Contains(route.Device))
                lines.Add($"route replace {Text(route)} proto static");
    }

    static string Text(Route route) =>
        $"{route.Destination}{(route.Via is null ? "" : $" via {route.Via}")} dev {route.Device}";
}
