using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Networking;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Compute.Servers;

/// <summary>
/// From the networks asked for to the cards of a server, as Nova does it: names and states are checked before the request is
/// accepted, the ports are made by the saga.
/// </summary>
internal sealed class NicChoice(NetworkingRoom networking)
{
    public WantedNic[] Choose(Tx tx, Caller caller, WantedNetworks wanted) => wanted switch
    {
        WantedNetworks.None => [],
        WantedNetworks.These(var items) => [.. items.Select(item => Checked(tx, caller, item))],
        WantedNetworks.Choose(var must) => TheOne(tx, caller, must),
        _ => throw new InvalidOperationException(),
    };

    private WantedNic Checked(Tx tx, Caller caller, WantedNetwork item)
    {
        if (item.PortId is { } port)
        {
            var found = networking.FindPort(tx, caller, port) ?? throw Fault.BadRequest($"Port id {port} could not be found.");
            if (found.ServerId.Length > 0) throw Fault.Conflict($"Port {port} is still in use.");
            if (found.FixedIps.Count == 0 && found.MadeForServer) throw Fault.BadRequest($"Port {port} requires a FixedIP in order to be used.");
            return new WantedNic(port, null, null, item.Tag);
        }
        var network = networking.FindNetwork(tx, caller, item.NetworkId!) ?? throw Fault.BadRequest($"Network {item.NetworkId} could not be found.");
        var choice = networking.NetworksFor(tx, caller).FirstOrDefault(n => n.Id == network.Id);
        if (choice is { External: true, Shared: false } && !caller.IsAdmin && choice.ProjectId != caller.ProjectId)
            throw Fault.Forbidden($"It is not allowed to create an interface on external network {network.Id}");
        if (choice is { HasSubnets: false }) throw Fault.BadRequest($"Network {network.Id} requires a subnet in order to boot instances on.");
        return new WantedNic(Guid.NewGuid().ToString(), network.Id, item.FixedIp, item.Tag);
    }

    private WantedNic[] TheOne(Tx tx, Caller caller, bool must)
    {
        var choices = networking.NetworksFor(tx, caller).Where(n => n is { HasSubnets: true, AdminStateUp: true } and not { External: true, Shared: false }).ToList();
        if (choices.Count == 0 && must)
            throw Fault.BadRequest($"Unable to automatically allocate a network for project {caller.ProjectId}: it has no network. Make one, or ask for networks: none.");
        if (choices.Count > 1) throw Fault.Conflict("Multiple possible networks found, use a Network ID to be more specific.");
        return choices.Count == 0 ? [] : [new WantedNic(Guid.NewGuid().ToString(), choices[0].Id, null, null)];
    }
}
