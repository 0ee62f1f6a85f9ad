using Cumulet.ControlPlane.Compute.Hypervisor;
using Cumulet.ControlPlane.Networking;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Compute.Servers;

/// <summary>A guest down and up again, as steps of actions that change its disks or its size in between.</summary>
internal sealed class GuestPower(CloudParts parts, IHypervisor hypervisor, GuestBoot boot, NetworkingRoom networking)
{
    /// <summary>Asks it to go, with Nova's patience; where it does not, or is to go at once, pulls the plug. A guest that is not there is down.</summary>
    public async Task End(string serverId, bool atOnce, CancellationToken cancel)
    {
        var server = parts.Database.Read(tx => ServerStore.Find(tx, serverId));
        if (server is null) return;
        var id = Guid.Parse(serverId);
        // A paused guest hears no button.
        var asks = !atOnce && server.PowerState == PowerState.Running;
        if (!asks || !await hypervisor.Shutdown(id, Patience.Of(server), cancel)) await hypervisor.Destroy(id, cancel);
        await parts.Database.Write(tx =>
        {
            ServerStore.SaveHandle(tx, serverId, null);
            PortsAre(tx, serverId, false);
        });
    }

    public async Task Start(string serverId, CancellationToken cancel)
    {
        await boot.Start(serverId, cancel);
        await parts.Database.Write(tx => PortsAre(tx, serverId, true));
    }

    /// <summary>
    /// The guest that ran before, as an undo. One that does not come up again is left down: <see cref="AfterFailure"/> says so,
    /// and its owner starts it when what is wrong is mended.
    /// </summary>
    public async Task Restart(ServerTaskState state, CancellationToken cancel)
    {
        if (!state.Change!.WasRunning) return;
        try
        {
            await Start(state.ServerId, cancel);
        }
        catch (HypervisorException)
        {
            await Stop(state.ServerId, cancel);
        }
    }

    /// <summary>A server whose action was taken back: as it was, or stopped where its guest did not come up again.</summary>
    public static ServerRecord AfterFailure(ServerRecord server, ServerTaskState state) => (server.VmHandle, state.Change!.WasRunning) switch
    {
        (not null, _) => server with { PowerState = PowerState.Running, VmState = server.VmState == VmState.Paused ? VmState.Active : server.VmState },
        (null, true) when server.VmState is VmState.Active or VmState.Paused => server with { PowerState = PowerState.Shutdown, VmState = VmState.Stopped },
        _ => server with { PowerState = PowerState.Shutdown },
    };

    public void ForgetFirmware(string serverId) => hypervisor.ForgetFirmware(Guid.Parse(serverId));

    public Task Stop(string serverId, CancellationToken cancel) => boot.Stop(serverId, cancel);

    public void PortsAre(Tx tx, string serverId, bool up)
    {
        foreach (var port in boot.PortsOf(tx, serverId)) networking.PortIsUp(tx, port.Id, up);
    }

    public void BindPorts(Tx tx, string serverId, string host)
    {
        foreach (var port in boot.PortsOf(tx, serverId)) networking.BindPort(tx, port.Id, host);
    }
}
