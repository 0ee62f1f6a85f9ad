using System.Net;
using System.Net.Sockets;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Networking.Addresses;
using Cumulet.ControlPlane.Networking.Agents;
using Cumulet.ControlPlane.Networking.AutoTopology;
using Cumulet.ControlPlane.Networking.Metering;
using Cumulet.ControlPlane.Networking.Networks;
using Cumulet.ControlPlane.Networking.Plan;
using Cumulet.ControlPlane.Networking.Ports;
using Cumulet.ControlPlane.Networking.Servers;
using Cumulet.ControlPlane.Store;
using Cumulet.Datapath;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;

namespace Cumulet.ControlPlane.Networking;

/// <summary>
/// Neutron: networks, subnets, ports, security groups, routers and floating IPs. Rows say what shall be; the plan
/// compiled from them is what the host carries. The URLs are in <see cref="NetworkRoutes"/>.
/// </summary>
public sealed class NetworkingRoom
{
    private readonly CloudParts _parts;
    private readonly ServerPorts _servers;
    private readonly IDatapath? _datapath;
    private readonly PlanApplier? _applier;

    public NetworkingRoom(CloudParts parts)
    {
        _parts = parts;
        _servers = new ServerPorts(parts.Time, new PortDeletion(parts.Time));
        _datapath = HostDatapath.Open(parts.Options);
        if (_datapath is not null)
            _applier = new PlanApplier(parts.Database, _datapath, parts.Options.HostName, parts.Time, parts.Logging.CreateLogger("network"));
        Api = new ServiceApi("network", "network", FaultStyle.Network)
        {
            RequestIdHeaders = ["X-Openstack-Request-Id"],
        };
        new NetworkRoutes(parts, Api, Poke).Register();
    }

    public ServiceApi Api { get; }

    /// <summary>First start only: networks public and private and the router between them, of the admin project.</summary>
    public Task Bootstrap(string adminProjectId) => new Bootstrap(_parts.Database, _parts.Time).Run(adminProjectId);

    /// <summary>Brings the host to what the rows say; returns when it agrees. Before guests are taken back.</summary>
    public async Task Recover(CancellationToken cancel)
    {
        await _parts.Database.Write(tx => AgentResource.Enlist(tx, _parts.Options.HostName, _parts.Time.GetUtcNow()));
        if (_applier is null) return;
        _applier.Start();
        await _applier.Agreed(cancel);
    }

    public Task Stop() => _applier?.Stop() ?? Task.CompletedTask;

    /// <summary>Removes every device, namespace and rule of this cloud from the host.</summary>
    public Task Teardown(CancellationToken cancel) => _datapath?.TeardownAsync(cancel) ?? Task.CompletedTask;

    /// <summary>Where host and rows disagree, a line each; empty when they agree.</summary>
    public async Task<IReadOnlyList<string>> Audit(CancellationToken cancel) => _applier is null || _datapath is null
        ? []
        : [.. (await _datapath.AuditAsync(_applier.Compile(), cancel)).Select(d => d.Namespace.Length == 0 ? d.What : $"{d.Namespace}: {d.What}")];

    /// <summary>Where rows contradict each other about addresses.</summary>
    public Task<IReadOnlyList<string>> AuditAddresses(CancellationToken cancel) => Task.FromResult(_parts.Database.Read(AddressAudit.Run));

    /// <summary>What the metering labels have counted, a line per label and router.</summary>
    public async Task<string> Meters(CancellationToken cancel)
    {
        var read = _datapath is null ? [] : await _datapath.ReadMetersAsync(cancel);
        var labels = _parts.Database.Read(tx => tx.Query(Sql.Raw(MeteringLabelResource.Declared.List.Select), MeteringLabelResource.Declared.Read));
        return string.Concat(from label in labels
                             from reading in read.Where(r => r.MeterId == Guid.Parse(label.Id))
                             orderby label.Name, label.Id, reading.RouterId
                             select $"{label.Id}  router {reading.RouterId}  {reading.Packets} packets  {reading.Bytes} bytes  {label.Name}\n");
    }

    /// <summary>How many there are, for the status line.</summary>
    public string Summary(Tx tx) =>
        $"{tx.Count($"SELECT COUNT(*) FROM networks")}, {tx.Count($"SELECT COUNT(*) FROM ports")} ports, {tx.Count($"SELECT COUNT(*) FROM floating_ips")} floating IPs";

    /// <summary>Makes a port for a server; it goes with the server. Throws Neutron's faults: NetworkNotFound, OverQuota, IpAddressAlreadyAllocated …</summary>
    public ServerPort CreatePort(Tx tx, Caller caller, NewServerPort port) => Changed(tx, _servers.Create(tx, caller, port));

    /// <summary>Gives a port that its owner made to a server. 404 PortNotFound, 409 PortInUse.</summary>
    public ServerPort AdoptPort(Tx tx, Caller caller, string portId, string serverId, string availabilityZone, string? hostName, string? tag) =>
        Changed(tx, _servers.Adopt(tx, caller, portId, serverId, availabilityZone, hostName, tag));

    /// <summary>Takes the port from its server: deleted when it was made for it, else unbound. May be called again.</summary>
    public void ReleasePort(Tx tx, string portId)
    {
        _servers.Release(tx, portId);
        Changed(tx);
    }

    /// <summary>The server's host, which must be in a commit before <see cref="Plug"/>; empty unbinds.</summary>
    public void BindPort(Tx tx, string portId, string host)
    {
        _servers.Bind(tx, portId, host);
        Changed(tx);
    }

    /// <summary>The guest's device is there, or gone: ACTIVE or DOWN.</summary>
    public void PortIsUp(Tx tx, string portId, bool up) => _servers.IsUp(tx, portId, up);

    /// <summary>
    /// Waits until the host carries the bound port (tap there, filters active, address known to DHCP) and opens the tap,
    /// for QEMU to inherit; close it once QEMU runs. Null with the fake hypervisor.
    /// </summary>
    /// <exception cref="DatapathException">The host refuses, or the port is not bound to it.</exception>
    public async Task<SafeFileHandle?> Plug(string portId, CancellationToken cancel)
    {
        if (_applier is null || _datapath is null) return null;
        await _applier.Agreed(cancel);
        return _datapath.OpenTap(Guid.Parse(portId));
    }

    /// <summary>Waits until the host agrees with the rows again after the port was unbound or released. May be called again.</summary>
    public Task Unplug(string portId, CancellationToken cancel) => _applier?.Agreed(cancel) ?? Task.CompletedTask;

    /// <summary>The project's own networks and those shared with it: what a server without <c>networks</c> may be put on.</summary>
    public IReadOnlyList<NetworkChoice> NetworksFor(Tx tx, Caller caller) => ServerPorts.Choices(tx, caller);

    /// <summary>The id of the network that is made for a project without one, in the caller's transaction; the one of before where it is still there.</summary>
    public string AllocateTopology(Tx tx, ApiRequest request) => Changed(tx, AutoTopologyVerbs.Ensure(tx, request, request.ProjectId, _parts.Time.GetUtcNow()));

    /// <summary>A condition: the server whose id is in this column has an address that matches the pattern.</summary>
    public Sql HasAddress(string serverIdColumn, int version, string pattern) => ServerPorts.HasAddress(_parts.Database.Dialect, serverIdColumn, version, pattern);

    /// <summary>One more address on a port of a server, in the first subnet that has one.</summary>
    public void AddFixedIp(Tx tx, string portId)
    {
        ServerPorts.AddFixedIp(tx, portId, _parts.Time.GetUtcNow());
        Changed(tx);
    }

    /// <summary>One address less on it.</summary>
    public void RemoveFixedIp(Tx tx, string portId, string address)
    {
        ServerPorts.RemoveFixedIp(tx, portId, address, _parts.Time.GetUtcNow());
        Changed(tx);
    }

    /// <summary>Refuses groups (names or ids) that a server of this project cannot have.</summary>
    public static void RequireSecurityGroups(Tx tx, string project, IReadOnlyList<string> groups) => ServerPorts.RequireGroups(tx, project, groups);

    /// <summary>Puts a group (name or id) on all ports of a server that have port security, or takes it off them.</summary>
    public void ChangeSecurityGroup(Tx tx, Caller caller, string serverId, string group, bool add)
    {
        _servers.ChangeSecurityGroup(tx, caller, serverId, group, add);
        Changed(tx);
    }

    /// <summary>A port, whosoever's device it is; null where the caller may not see it.</summary>
    public ServerPort? FindPort(Tx tx, Caller caller, string id) => ServerPorts.Find(tx, caller, id);

    /// <summary>Null where the caller may not see it.</summary>
    public NetworkRecord? FindNetwork(Tx tx, Caller caller, string id) => NetworkStore.Find(tx, caller, id);

    /// <summary>The ports of these servers by server id; servers without ports are not in it.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<ServerPort>> PortsOf(Tx tx, IReadOnlyCollection<string> serverIds) =>
        ServerPorts.Of(tx, serverIds);

    /// <summary>The server behind an address, for the metadata service. Key: the network or router whose namespace the request came from.</summary>
    public string? ServerByAddress(string networkOrRouterId, IPAddress source) =>
        _parts.Database.Read(tx => ServerPorts.ByAddress(tx, networkOrRouterId, source));

    /// <summary>
    /// Namespaces in which guests can be served came and went (metadata listens there). Set before <see cref="Recover"/>,
    /// which tells of all there are.
    /// </summary>
    public event Action<IReadOnlyList<DatapathNamespace>, IReadOnlyList<DatapathNamespace>> NamespacesChanged
    {
        add { if (_applier is not null) _applier.NamespacesChanged += value; }
        remove { if (_applier is not null) _applier.NamespacesChanged -= value; }
    }

    /// <summary>A listening socket inside such a namespace.</summary>
    public Socket ListenIn(DatapathNamespace place, IPAddress address, int port) => _datapath is null
        ? throw new InvalidOperationException("the fake hypervisor has no namespaces to listen in")
        : _datapath.ListenIn(place, address, port);

    private T Changed<T>(Tx tx, T result)
    {
        Changed(tx);
        return result;
    }

    private void Changed(Tx tx) => tx.AfterCommit(Poke);

    private void Poke() => _applier?.Poke();
}
