namespace Cumulet.Datapath;

/// <summary>How one cloud's networks sit on this host.</summary>
public sealed record LinuxDatapathOptions
{
    /// <summary>1..8 of a-z and 0-9, unique among the clouds of this host: part of every name made.</summary>
    public required string Cloud { get; init; }

    /// <summary>
    /// For dnsmasq's files. dnsmasq gives up root and must still read them, so every folder above must be searchable
    /// by all. Null: <c>/run/cumulet-CLOUD</c>.
    /// </summary>
    public string? RunFolder { get; init; }

    /// <summary>Named namespace that plays the host, i.e. gets the external networks' uplinks. Null: this process's.</summary>
    public string? HostNamespace { get; init; }

    /// <summary>Let the host route between external networks and everything else it reaches.</summary>
    public bool HostForwarding { get; init; }

    /// <summary>With <see cref="HostForwarding"/>: external networks take the host's addresses on their way out.</summary>
    public bool HostMasquerade { get; init; }

    /// <summary>Asked for names that are not of the cloud's; must be reachable from the network's gateway.</summary>
    public IReadOnlyList<System.Net.IPAddress> DnsForwarders { get; init; } = [];

    /// <summary>Seconds a DHCP lease lasts.</summary>
    public int LeaseSeconds { get; init; } = 86400;
}
