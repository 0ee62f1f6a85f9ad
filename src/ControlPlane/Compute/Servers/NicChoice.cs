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
    public WantedNic[] Choose(Tx tx, ApiRequest request, WantedNetworks wanted) => wanted switch
    {
        WantedNetworks.None => [],
        WantedNetworks.These(var items) => [.. items.Select(item => This(tx, request.Caller, item))],
        WantedNetworks.Choose => TheOne(tx, request.Caller) is { } nic ? [nic] : [],
        WantedNetworks.Auto => [TheOne(tx, request.Caller) ?? Made(tx, request)],
        _ => throw new InvalidOperationException(),
    };

    /// <summary>A card on one network, or at one port, asked for by name.</summary>
    public WantedNic This(Tx tx, Caller caller, WantedNetwork item)
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

    /// <summary>A card on the one network of the project; null where it has none.</summary>
    public WantedNic? TheOne(Tx tx, Caller caller)
    {
        var choices = networking.NetworksFor(tx, caller).Where(n => n is { HasSubnets: true, AdminStateUp: true } and not { External: true, Shared: false }).ToList();
        if (choices.Count > 1) throw Fault.Conflict("Multiple possible networks found, use a Network ID to be more specific.");
        return choices is [var one] ? On(one.Id) : null;
    }

    // Made with the request that needs it, so that what stands in the way is its answer and no server in ERROR.
    private WantedNic Made(Tx tx, ApiRequest request)
    {
        try
        {
            return On(networking.AllocateTopology(tx, request));
        }
        catch (Fault failure)
        {
            throw Fault.BadRequest($"Unable to automatically allocate a network for project {request.ProjectId}: {failure.Message}");
        }
    }

    private static WantedNic On(string network) => new(Guid.NewGuid().ToString(), network, null, null);
}
