using Cumulet.ControlPlane.Compute.Hosts;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Compute.Servers;

/// <summary>A server's way from one host of this cloud to another, as far as it is rows: its room, its zone, its ports.</summary>
internal sealed class HostChange(CloudParts parts, ComputeHosts hosts, ServerNeeds needs, GuestPower power)
{
    /// <summary>Another host that takes the server with this flavor; Nova's "no valid host" where there is none.</summary>
    /// <param name="wanted">The one that was asked for, or null.</param>
    public string Choose(Tx tx, ServerRecord server, ServerFlavor flavor, string? wanted) =>
        hosts.Choose(tx, server with { Flavor = flavor, WantedHost = wanted, WantedNode = null }, needs, except: server.Host);

    /// <summary>From now on it takes its room there. Twice is once.</summary>
    public void To(Tx tx, string serverId, string host)
    {
        if (ServerStore.Find(tx, serverId) is not { } server || server.Host == host) return;
        var zone = needs.ZoneOf(tx, host) ?? ComputeHosts.DefaultZone;
        ServerStore.SaveState(tx, server, server with { Host = host, Node = host, Zone = zone }, parts.Time.GetUtcNow());
        power.BindPorts(tx, serverId, host);
    }
}
