using System.Net;
using System.Net.Sockets;

namespace Cumulet.Datapath;

/// <summary>
/// A plan that was checked, with its look-ups. The text of a plan ends in scripts of `ip`, `nft` and in dnsmasq's files,
/// so nothing is let through here that could be read there as anything but one word.
/// </summary>
sealed class PlanIndex
{
    public const int UplinkNumber = 65535;

    public NetworkPlan Plan { get; }
    public Dictionary<Guid, PlannedNetwork> Networks { get; } = [];
    public Dictionary<Guid, PlannedRouter> Routers { get; } = [];
    public Dictionary<Guid, (PlannedNetwork Network, PlannedSubnet Subnet)> Subnets { get; } = [];
    public Dictionary<Guid, AddressSet> AddressSets { get; } = [];
    public ILookup<Guid, PlannedPort> PortsByNetwork { get; }
    public ILookup<Guid, PlannedPort> PortsByRouter { get; }
    public ILookup<Guid, PlannedFloatingIp> FloatingIpsByRouter { get; }
    public ILookup<Guid, PortForwarding> ForwardingsByFloatingIp { get; }

    public PlanIndex(NetworkPlan plan)
    {
        Plan = plan;
        CheckNetworks();
        foreach (var router in plan.Routers)
            Add(Routers, router.Id, router, "router");
        foreach (var set in plan.AddressSets)
            Add(AddressSets, set.Id, set, "address set");
        CheckPorts();
        foreach (var floating in plan.FloatingIps)
            Require(Routers.ContainsKey(floating.RouterId), $"floating IP {floating.Id}: router {floating.RouterId} is not in the plan");
        PortsByNetwork = plan.Ports.ToLookup(port => port.NetworkId);
        PortsByRouter = plan.Ports.Where(port => port.RouterId is not null).ToLookup(port => port.RouterId!.Value);
        FloatingIpsByRouter = plan.FloatingIps.ToLookup(floating => floating.RouterId);
        ForwardingsByFloatingIp = plan.PortForwardings.ToLookup(forwarding => forwarding.FloatingIpId);
        foreach (var ports in PortsByNetwork)
            Require(ports.Count(port => port.Device == PortDevice.Dhcp) <= 1, $"network {ports.Key}: more than one DHCP port");
        foreach (var ports in PortsByRouter)
            Require(ports.Count(port => port.Device == PortDevice.RouterGateway) <= 1, $"router {ports.Key}: more than one gateway port");
    }

    /// <summary>Throws <see cref="DatapathException"/> when the id is not in the plan.</summary>
    public PlannedSubnet Subnet(Guid id) => Subnets[id].Subnet;

    void CheckNetworks()
    {
        HashSet<int> numbers = [];
        foreach (var network in Plan.Networks)
        {
            Add(Networks, network.Id, network, "network");
            Require(network.Number is >= 1 and <= 65535 && numbers.Add(network.Number),
                $"network {network.Id}: number {network.Number} is not in 1..65535 or is used twice");
            Require(network.Mtu is >= 68 and <= 65521, $"network {network.Id}: mtu {network.Mtu} is not in 68..65521");
            Require(network.DnsDomain.Length == 0 || IsDomain(network.DnsDomain),
                $"network {network.Id}: dns domain '{network.DnsDomain}' is not a domain name");
            foreach (var subnet in network.Subnets)
            {
                Add(Subnets, subnet.Id, (network, subnet), "subnet");
                Require(subnet.Gateway is null || subnet.Gateway.AddressFamily == subnet.Cidr.BaseAddress.AddressFamily,
                    $"subnet {subnet.Id}: gateway {subnet.Gateway} is of the other IP version than {subnet.Cidr}");
            }
        }
    }

    void CheckPorts()
    {
        HashSet<int> numbers = [];
        HashSet<Guid> ids = [];
        foreach (var port in Plan.Ports)
        {
            Require(ids.Add(port.Id), $"port {port.Id}: is twice in the plan");
            Require(port.Number is >= 1 and < UplinkNumber && numbers.Add(port.Number),
                $"port {port.Id}: number {port.Number} is not in 1..65534 or is used twice");
            Require(Networks.ContainsKey(port.NetworkId), $"port {port.Id}: network {port.NetworkId} is not in the plan");
            Require(IsMac(port.Mac), $"port {port.Id}: mac '{port.Mac}' is not six lower-case octets with colons");
            Require(port.Hostname is null || IsDomain(port.Hostname), $"port {port.Id}: hostname '{port.Hostname}' is not a host name");
            var needsRouter = port.Device is PortDevice.RouterInterface or PortDevice.RouterGateway;
            Require(!needsRouter || (port.RouterId is { } router && Routers.ContainsKey(router)),
                $"port {port.Id}: router {port.RouterId} is not in the plan");
            foreach (var fixedIp in port.FixedIps)
                Require(Subnets.TryGetValue(fixedIp.SubnetId, out var found) && found.Network.Id == port.NetworkId,
                    $"port {port.Id}: subnet {fixedIp.SubnetId} of {fixedIp.Address} is not one of its network's");
            foreach (var pair in port.AllowedAddressPairs)
                Require(pair.Mac is null || IsMac(pair.Mac), $"port {port.Id}: mac '{pair.Mac}' of an allowed address pair is not six lower-case octets with colons");
            foreach (var option in port.ExtraDhcpOptions)
                Require(option.Name.Length > 0 && option.Name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or ':')
                    && option.Value.All(c => c >= ' ' && c != 127) && option.IpVersion is 4 or 6,
                    $"port {port.Id}: DHCP option '{option.Name}' has a name or value that cannot be sent");
            CheckRules(port);
        }
    }

    void CheckRules(PlannedPort port)
    {
        foreach (var rule in port.Rules)
        {
            Require(rule.Protocol is null or (>= 0 and <= 255), $"port {port.Id}: protocol {rule.Protocol} of a rule is not in 0..255");
            Require(rule.RangeMin is null or (>= 0 and <= 65535), $"port {port.Id}: range minimum {rule.RangeMin} of a rule is not in 0..65535");
            Require(rule.RangeMax is null or (>= 0 and <= 65535), $"port {port.Id}: range maximum {rule.RangeMax} of a rule is not in 0..65535");
            Require(rule.RemoteSetId is not { } set || AddressSets.ContainsKey(set), $"port {port.Id}: address set {rule.RemoteSetId} of a rule is not in the plan");
            var family = rule.Ethertype == Ethertype.Ipv4 ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6;
            Require(rule.RemoteCidr is not { } cidr || cidr.BaseAddress.AddressFamily == family,
                $"port {port.Id}: remote {rule.RemoteCidr} of a rule is not of its ethertype {rule.Ethertype}");
        }
    }

    public static bool IsMac(string text)
    {
        if (text.Length != 17)
            return false;
        for (var i = 0; i < text.Length; i++)
            if (i % 3 == 2 ? text[i] != ':' : !char.IsAsciiHexDigitLower(text[i]))
                return false;
        return true;
    }

    static bool IsDomain(string text) =>
        text.Length is > 0 and <= 253 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_');

    static void Add<T>(Dictionary<Guid, T> into, Guid id, T value, string kind) =>
        Require(into.TryAdd(id, value), $"{kind} {id}: is twice in the plan");

    static void Require(bool holds, string message)
    {
        if (!holds)
            throw new DatapathException(DatapathFailure.BadPlan, message);
    }
}
