namespace Cumulet.Datapath.Desired;

/// <summary>What shall be on the host: the result of compiling a plan. Keyed by namespace name; "" is the host's own.</summary>
sealed record DesiredState(SortedDictionary<string, NamespaceState> Namespaces)
{
    public static DesiredState Empty { get; } = new([]);
}

/// <summary>One network namespace. Everything in it is keyed by the name the kernel knows it by.</summary>
sealed record NamespaceState(string Name)
{
    /// <summary>Null for the switch and the host's.</summary>
    public DatapathNamespace? Place { get; init; }
    public SortedDictionary<string, Link> Links { get; init; } = new(StringComparer.Ordinal);
    public HashSet<Route> Routes { get; init; } = [];

    /// <summary>Path below /proc/sys/net → value.</summary>
    public SortedDictionary<string, string> Sysctls { get; init; } = new(StringComparer.Ordinal);
    public List<NftTable> Tables { get; init; } = [];
    public DnsmasqFiles? Dnsmasq { get; init; }

    /// <summary>Set when reading back found rules other than the desired ones: they are replaced as a whole.</summary>
    public bool TablesDiffer { get; init; }
}

enum LinkKind
{
    Bridge,
    Tap,

    /// <summary>The end of a pair that makes it.</summary>
    Veth,

    /// <summary>The other end: comes and goes with its <see cref="Veth"/>.</summary>
    Peer,
    Loopback,

    /// <summary>Read back, and not of our making.</summary>
    Unknown,
}

sealed record Link(string Name, LinkKind Kind)
{
    /// <summary>Namespace and name of the other end; of a <see cref="LinkKind.Veth"/> only, null when read back.</summary>
    public (string Namespace, string Name)? Peer { get; init; }

    /// <summary>Null: whatever the kernel gave.</summary>
    public string? Mac { get; init; }

    /// <summary>0: left alone.</summary>
    public int Mtu { get; init; }
    public string? Master { get; init; }
    public bool Up { get; init; } = true;

    /// <summary>Sends no packet whose checksum is yet to be filled in. Set when the device appears, not read back.</summary>
    public bool FullChecksums { get; init; }

    /// <summary>"address/prefix", without link-local ones.</summary>
    public SortedSet<string> Addresses { get; init; } = new(StringComparer.Ordinal);
}

/// <param name="Destination">"default", or a cidr as `ip` prints it.</param>
readonly record struct Route(bool V6, string Destination, string? Via, string Device);

/// <summary>Unordered, since there are several of everything per port; whoever writes commands sorts what is left to write.</summary>
sealed record NftTable(string Family, string Name)
{
    public Dictionary<string, NftSet> Sets { get; } = [];
    public Dictionary<string, NftChain> Chains { get; } = [];
}

/// <summary>A set or map. Of a map the values hold what each key stands for; of a set they are empty.</summary>
sealed record NftSet(bool IsMap, string Header)
{
    public Dictionary<string, string> Elements { get; } = [];
}

/// <param name="Header">Hook line of a base chain, or empty.</param>
sealed record NftChain(string Header, IReadOnlyList<string> Rules);

/// <summary>A dnsmasq in the namespace. Only a change of <see cref="Configuration"/> needs a new process.</summary>
sealed record DnsmasqFiles(string Folder, string Configuration, string Hosts, string Options, string Names);
