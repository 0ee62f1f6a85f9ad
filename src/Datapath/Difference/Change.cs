using Cumulet.Datapath.Desired;

namespace Cumulet.Datapath.Difference;

/// <summary>What has to be done to the host, in order. Pure data: written down in golden files, carried out elsewhere.</summary>
/// <param name="Namespaces">The switch first: it makes the pairs whose other ends the others configure.</param>
sealed record Change(
    IReadOnlyList<string> Created,
    IReadOnlyList<NamespaceChange> Namespaces,
    IReadOnlyList<NamespaceState> Deleted)
{
    public int Count => Created.Count + Deleted.Count + Namespaces.Sum(one => one.Count);
}

sealed record NamespaceChange(string Name)
{
    /// <summary>Lines for `nft -f -`, one transaction.</summary>
    public required IReadOnlyList<string> Nft { get; init; }
    public required IReadOnlyList<KeyValuePair<string, string>> Sysctls { get; init; }

    /// <summary>Lines for `ip -batch -`.</summary>
    public required IReadOnlyList<string> Ip { get; init; }

    /// <summary>Devices that are new and take <see cref="Link.FullChecksums"/>.</summary>
    public required IReadOnlyList<string> FullChecksums { get; init; }
    public required DnsmasqAction DnsmasqAction { get; init; }
    public DnsmasqFiles? Dnsmasq { get; init; }

    /// <summary>IPv4 addresses that neighbours must learn anew, by device.</summary>
    public required IReadOnlyList<(string Device, string Address)> Announced { get; init; }

    /// <summary>A router's IPv4 addresses that are no longer: connections translated to or from them end.</summary>
    public required IReadOnlyList<string> Withdrawn { get; init; }

    /// <summary>Something that was allowed may no longer be: tracked connections have to be judged again.</summary>
    public required bool Narrowed { get; init; }

    public int Count => Nft.Count + Sysctls.Count + Ip.Count + (DnsmasqAction == DnsmasqAction.None ? 0 : 1);
}

enum DnsmasqAction { None, Start, Restart, Reload, Stop }
