using System.Net;
using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;

namespace Cumulet.Datapath;

/// <summary>Carries a cloud's virtual networks on this host. Members may be called from any thread.</summary>
public interface IDatapath : IAsyncDisposable
{
    /// <summary>
    /// Makes the host agree with the plan and returns when packets flow by it. Plans are applied one after the other in
    /// the order of the calls; of several waiting ones only the newest is, since each says everything. After a failure
    /// apply again: what is there is then read back first.
    /// </summary>
    /// <exception cref="DatapathException"/>
    Task<ApplyResult> ApplyAsync(NetworkPlan plan, CancellationToken cancellationToken);

    /// <summary>Compares the host with the plan and changes nothing. Empty: they agree.</summary>
    Task<IReadOnlyList<Disagreement>> AuditAsync(NetworkPlan plan, CancellationToken cancellationToken);

    /// <summary>
    /// Opens the tap of a VM's port for a QEMU to inherit (<c>-netdev tap,fd=</c>; virtio-net header on). The device
    /// outlives the handle. Close this process's copy once QEMU runs.
    /// </summary>
    /// <exception cref="DatapathException">NoSuchDevice: the port is in no applied plan. Busy: someone holds the tap.</exception>
    SafeFileHandle OpenTap(Guid portId);

    /// <summary>A listening stream socket inside a namespace; every connection it accepts came from there.</summary>
    Socket ListenIn(DatapathNamespace place, IPAddress address, int port);

    /// <summary>The DHCP and router namespaces of the last plan applied.</summary>
    IReadOnlyList<DatapathNamespace> Namespaces { get; }

    /// <summary>What the meters of the plan in force have counted since the host was started, or their router made.</summary>
    Task<IReadOnlyList<MeterReading>> ReadMetersAsync(CancellationToken cancellationToken);

    /// <summary>Removes everything of this cloud from the host, known or left over, by name.</summary>
    Task TeardownAsync(CancellationToken cancellationToken);
}

/// <summary>A namespace in which guests can be served.</summary>
public abstract record DatapathNamespace
{
    DatapathNamespace() { }

    /// <summary>The network's DHCP namespace: source addresses are those of the network's ports.</summary>
    public sealed record OfNetwork(Guid NetworkId) : DatapathNamespace;

    /// <summary>The router's: source addresses are those of ports on the networks it joins.</summary>
    public sealed record OfRouter(Guid RouterId) : DatapathNamespace;
}

/// <param name="Commands">Programs run; 0 when the host already agreed.</param>
/// <param name="Changes">Single changes: devices, addresses, routes, rule objects, files.</param>
public sealed record ApplyResult(
    int Commands,
    int Changes,
    IReadOnlyList<DatapathNamespace> NamespacesAdded,
    IReadOnlyList<DatapathNamespace> NamespacesRemoved);

/// <param name="Namespace">Name as `ip netns` prints it; empty for the host's own.</param>
/// <param name="What">One line: what is missing, left over or different.</param>
public sealed record Disagreement(string Namespace, string What);

public sealed record MeterReading(Guid RouterId, Guid MeterId, long Packets, long Bytes);
