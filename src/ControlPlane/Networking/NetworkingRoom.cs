using System.Net;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Networking.Networks;
using Cumulet.ControlPlane.Networking.Ports;
using Cumulet.ControlPlane.Networking.Servers;
using Cumulet.ControlPlane.Store;
using Microsoft.Win32.SafeHandles;

namespace Cumulet.ControlPlane.Networking;

/// <summary>
/// Neutron: networks, subnets, ports, security groups, routers and floating IPs. Rows say what shall be; the plan
/// compiled from them is what the host carries.
/// </summary>
public sealed class NetworkingRoom
{
    private readonly CloudParts _parts;
    private readonly ServerPorts _servers;

    public NetworkingRoom(CloudParts parts)
    {
        _parts = parts;
        _servers = new ServerPorts(parts.Time, new PortDeletion(parts.Time));
        Api = new ServiceApi("network", "network", FaultStyle.Network)
        {
            RequestIdHeaders = ["X-Openstack-Request-Id"],
        };
    }

    public ServiceApi Api { get; }

    /// <summary>Makes a port for a server; it goes with the server. Throws Neutron's faults: NetworkNotFound, OverQuota, IpAddressAlreadyAllocated …</summary>
    public ServerPort CreatePort(Tx tx, Caller caller, NewServerPort port) => Changed(tx, _servers.Create(tx, caller, port));

    /// <summary>Gives a port that its owner made to a server. 404 PortNotFound, 409 PortInUse.</summary>
    public ServerPort AdoptPort(Tx tx, Caller caller, string portId, string serverId, string availabilityZone, string? hostName) =>
        Changed(tx, _servers.Adopt(tx, caller, portId, serverId, availabilityZone, hostName));

    /// <summary>Takes the port from its server: deleted when it was made for it, else unbound. May be called again.</summary>
    public void ReleasePort(Tx tx, string portId)
    {
        _servers.Release(tx, portId);
        Changed(tx);
    }

    /// <summary>The server's host; empty unbinds.</summary>
    public void BindPort(Tx tx, string portId, string host)
    {
        _servers.Bind(tx, portId, host);
        Changed(tx);
    }

    /// <summary>The guest's device is there, or gone: ACTIVE or DOWN.</summary>
    public void PortIsUp(Tx tx, string portId, bool up) => _servers.IsUp(tx, portId, up);

    /// <summary>
    /// Waits until the host carries the port (tap there, filters active, address known to DHCP) and gives the tap.
    /// Null where the datapath has no taps.
    /// </summary>
    public Task<SafeFileHandle?> Plug(string portId, CancellationToken cancel) => Task.FromResult<SafeFileHandle?>(null);

    /// <summary>Waits until the host agrees with the rows again after the port was unbound or released. May be called again.</summary>
    public Task Unplug(string portId, CancellationToken cancel) => Task.CompletedTask;

    /// <summary>The project's own networks and those shared with it: what a server without <c>networks</c> may be put on.</summary>
    public IReadOnlyList<NetworkChoice> NetworksFor(Tx tx, Caller caller) => ServerPorts.Choices(tx, caller);

    /// <summary>Null where the caller may not see it.</summary>
    public NetworkRecord? FindNetwork(Tx tx, Caller caller, string id) => NetworkStore.Find(tx, caller, id);

    /// <summary>The ports of these servers by server id; servers without ports are not in it.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<ServerPort>> PortsOf(Tx tx, IReadOnlyCollection<string> serverIds) =>
        ServerPorts.Of(tx, serverIds);

    /// <summary>The server behind an address, for the metadata service. Key: the network or router whose namespace the request came from.</summary>
    public string? ServerByAddress(string networkOrRouterId, IPAddress source) =>
        _parts.Database.Read(tx => ServerPorts.ByAddress(tx, networkOrRouterId, source));

    private T Changed<T>(Tx tx, T result)
    {
        Changed(tx);
        return result;
    }

    private void Changed(Tx tx) { }
}
