using System.Threading.Channels;
using Cumulet.ControlPlane.Compute.Servers;
using Cumulet.ControlPlane.Compute.Services;
using Cumulet.ControlPlane.Networking;
using Cumulet.ControlPlane.Store;
using Microsoft.Extensions.Logging;

namespace Cumulet.ControlPlane.Compute.Hypervisor;

/// <summary>
/// Keeps the rows true to the guests. At start every server with a handle is looked for; what runs is taken back, what is gone
/// is stopped, guests that no row leads to are ended. From then on what hypervisors notice is written as it happens,
/// in order, by one loop.
/// </summary>
internal sealed partial class VmReconciler
{
    /// <summary>Observations that may wait; a hypervisor that sees more is told to wait itself.</summary>
    private const int QueueSize = 1024;
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(2);

    private readonly CloudParts _parts;
    private readonly IHypervisor _hypervisor;
    private readonly NetworkingRoom _networking;
    private readonly GuestBoot _boot;
    private readonly ILogger _log;
    private readonly Channel<(Guid Id, VmEvent Seen)> _queue =
        Channel.CreateBounded<(Guid, VmEvent)>(new BoundedChannelOptions(QueueSize) { SingleReader = true });
    private readonly CancellationTokenSource _stopping = new();
    private Task _loop = Task.CompletedTask;

    public VmReconciler(CloudParts parts, IHypervisor hypervisor, NetworkingRoom networking, GuestBoot boot)
    {
        (_parts, _hypervisor, _networking, _boot) = (parts, hypervisor, networking, boot);
        _log = parts.Logging.CreateLogger("guests");
        hypervisor.Watch((id, seen) => _queue.Writer.WriteAsync((id, seen)).AsTask().Wait());
    }

    /// <summary>Before the sagas go on: they may ask for guests that run already.</summary>
    public async Task Recover(CancellationToken cancel)
    {
        var servers = _parts.Database.Read(ServerStore.Alive);
        foreach (var server in servers.Where(s => s.VmHandle is not null)) await Recover(server, cancel);
        var ids = _parts.Database.Read(tx => tx.Query($"SELECT id FROM servers", row => Guid.Parse(row.Text()))).ToHashSet();
        await _hypervisor.EndStrays(ids, cancel);
        _loop = Task.Run(Listen, CancellationToken.None);
    }

    private async Task Recover(ServerRecord server, CancellationToken cancel)
    {
        var power = await _hypervisor.Recover(Guid.Parse(server.Id), server.VmHandle!, cancel);
        LogRecovered(server.Id, power);
        switch (power)
        {
            case PowerState.Running when server.PowerState != PowerState.Running:
                await Apply(server.Id, VmEvent.Running);
                break;
            case PowerState.Paused when server is { VmState: VmState.Active }:
                await Apply(server.Id, VmEvent.Halted);
                break;
            case PowerState.NoState or PowerState.Shutdown:
                await Apply(server.Id, VmEvent.Ended);
                await _parts.Database.Write(tx => ServerStore.SaveHandle(tx, server.Id, null));
                break;
        }
    }

    private async Task Listen()
    {
        await foreach (var (id, seen) in _queue.Reader.ReadAllAsync())
        {
            try
            {
                // A guest ends once: while the database is away the news waits, and all that comes after it.
                await PatientWrites.AtLast(() => Apply(id.ToString(), seen), _parts.Time, _stopping.Token);
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                // The next start asks every guest how it is.
            }
            catch (Exception failure)
            {
                LogNotApplied(failure, id, seen);
            }
        }
    }

    private Task Apply(string id, VmEvent seen) => _parts.Database.Write(tx =>
    {
        if (ServerStore.Find(tx, id) is not { } server) return;
        if (seen == VmEvent.HostLost && server.Host is { } lost && ServiceStore.Find(tx, lost, ServiceRecord.Compute) is { } service)
            ServiceStore.Save(tx, service with { ForcedDown = true });
        var after = ServerState.Apply(server, seen);
        if (ReferenceEquals(after, server)) return;
        ServerStore.SaveState(tx, server, after, _parts.Time.GetUtcNow());
        if (after.PowerState == PowerState.Shutdown)
            foreach (var port in _boot.PortsOf(tx, id)) _networking.PortIsUp(tx, port.Id, false);
    });

    /// <summary>Ends every guest, all side by side.</summary>
    public async Task EndAll(bool kill, CancellationToken cancel)
    {
        var running = _parts.Database.Read(ServerStore.Alive).Where(s => s.VmHandle is not null);
        await Task.WhenAll(running.Select(async server =>
        {
            var id = Guid.Parse(server.Id);
            if (kill || !await _hypervisor.Shutdown(id, Patience.Of(server), cancel)) await _hypervisor.Destroy(id, cancel);
        }));
    }

    public async Task Stop()
    {
        _queue.Writer.TryComplete();
        _stopping.CancelAfter(StopLimit);
        await _loop;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "server {id}: its guest is {power}")]
    private partial void LogRecovered(string id, PowerState power);

    [LoggerMessage(Level = LogLevel.Error, Message = "server {id}: {seen} could not be written")]
    private partial void LogNotApplied(Exception failure, Guid id, VmEvent seen);
}
