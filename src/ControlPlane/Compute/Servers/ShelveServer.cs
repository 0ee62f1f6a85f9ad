using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Compute.Hosts;
using Cumulet.ControlPlane.Images;
using Cumulet.ControlPlane.Layers;
using Cumulet.ControlPlane.Sagas;
using Cumulet.ControlPlane.Store;
using Cumulet.Disks;

namespace Cumulet.ControlPlane.Compute.Servers;

/// <summary>
/// Ends the guest, makes an image of a local root (the head itself, sealed: nothing is copied) and gives the host back.
/// Volumes and ports stay the server's.
/// </summary>
internal sealed class ShelveServer(CloudParts parts, GuestPower power, ServerReturns returns, LayersRoom layers, ImagesRoom images)
    : ServerTask(parts, "shelve-server")
{
    protected override void Define(StepList<ServerTaskState> steps) => steps
        .Do("end guest", (state, cancel) => power.End(state.ServerId, atOnce: false, cancel), undo: power.Restart)
        .Do("seal root", async (state, cancel) =>
        {
            if (state.Change!.ImageId is not null && Root(state) is { LayerId: { } head }) await layers.Seal(head, cancel);
        }, undo: async (state, cancel) =>
        {
            if (state.Change!.ImageId is not null && Root(state) is { LayerId: { } head }) await layers.Unseal(head, cancel);
        })
        .NoReturn()
        .Commit("offload", Offload);

    private ServerDisk? Root(ServerTaskState state) =>
        Parts.Database.Read(tx => ServerDiskStore.Of(tx, state.ServerId)).Find(d => d.Role == DiskRole.Root);

    private void Offload(Tx tx, ServerTaskState state)
    {
        var root = ServerDiskStore.Of(tx, state.ServerId).Find(d => d.Role == DiskRole.Root);
        if (state.Change!.ImageId is not { } image || root?.LayerId is not { } head) return;
        images.ActivateDerived(tx, image, head, layers.Find(tx, head)!.VirtualSize);
        layers.Release(tx, new LayerHolder("server-disk", $"{state.ServerId}/{root.Id}"));
        ServerDiskStore.SetLayer(tx, root.Id, null);
    }

    protected override ServerRecord After(ServerRecord server) => server with
    {
        VmState = VmState.ShelvedOffloaded,
        PowerState = PowerState.Shutdown,
        Host = null,
        Node = null,
        VmHandle = null,
    };

    protected override void Failed(Tx tx, ServerTaskState state, Exception cause)
    {
        if (state.Change!.ImageId is { } image) images.FailDerived(tx, image);
        returns.Forget(tx, state.ServerId);
        Close(tx, state, s => GuestPower.AfterFailure(s, state), cause);
    }
}

/// <summary>A host again, a root cloned from the shelved image, a guest; the image has then had its use.</summary>
internal sealed class UnshelveServer(
    CloudParts parts, ComputeHosts hosts, ServerNeeds needs, GuestPower power, ServerReturns returns, LayersRoom layers, ImagesRoom images)
    : ServerTask(parts, "unshelve-server")
{
    protected override void Define(StepList<ServerTaskState> steps) => steps
        .Commit("claim host", ClaimHost, undo: ReleaseHost)
        .Commit("plan root", PlanRoot, undo: ForgetRoot)
        .Do("make root", async (state, cancel) =>
        {
            foreach (var disk in state.Change!.Disks) await layers.Make(disk.New, cancel);
        }, undo: async (state, cancel) =>
        {
            foreach (var disk in state.Change!.Disks) await layers.Discard(disk.New);
        })
        .Do("start guest", (state, cancel) => power.Start(state.ServerId, cancel),
            undo: (state, cancel) => power.Stop(state.ServerId, cancel))
        .Commit("delete image", (tx, state) => returns.Forget(tx, state.ServerId));

    private void ClaimHost(Tx tx, ServerTaskState state)
    {
        var server = ServerStore.Find(tx, state.ServerId) ?? throw new InvalidOperationException($"server {state.ServerId} has no row");
        if (server.Host is not null) return;
        var wanted = server with
        {
            WantedHost = state.Change!.Host,
            WantedNode = null,
            PinnedZone = state.Change.SetsZone ? state.Change.Zone : server.PinnedZone,
        };
        var host = hosts.Choose(tx, wanted, needs);
        ServerStore.SaveState(tx, server, server with { Host = host, Node = host, Zone = needs.ZoneOf(tx, host) ?? ComputeHosts.DefaultZone }, Now);
        if (state.Change.SetsZone) tx.Execute($"UPDATE servers SET pinned_zone = {state.Change.Zone} WHERE id = {server.Id}");
        power.BindPorts(tx, server.Id, host);
    }

    private void ReleaseHost(Tx tx, ServerTaskState state)
    {
        if (ServerStore.Find(tx, state.ServerId) is { } server) ServerStore.SaveState(tx, server, server with { Host = null, Node = null }, Now);
    }

    private ServerTaskState PlanRoot(Tx tx, ServerTaskState state)
    {
        if (state.Change!.ImageId is not { } imageId || state.Change.Disks.Length > 0) return state;
        var server = ServerStore.Find(tx, state.ServerId)!;
        var root = ServerDiskStore.Of(tx, server.Id).Find(d => d.Role == DiskRole.Root)
            ?? throw new InvalidOperationException($"server {server.Id} has no root disk");
        var parent = images.FindAny(tx, imageId)?.BootLayerId ?? throw new Fault(FaultKind.ServerError,
            $"Unshelve requested but the original image was not found or is unavailable: image {imageId}.");
        var bytes = Math.Max(layers.Find(tx, parent)!.VirtualSize, server.Flavor.DiskGib << 30);
        var change = new DiskChange(root.Id, null, Guid.NewGuid(), bytes);
        layers.Plan(tx, new LayerPlan(change.New, LayerOrigin.Clone, parent, DiskFormat.Qcow2, bytes, new LayerHolder("server-disk", $"{server.Id}/{root.Id}")));
        ServerDiskStore.SetLayer(tx, root.Id, change.New);
        return state with { Change = state.Change with { Disks = [change] } };
    }

    private static void ForgetRoot(Tx tx, ServerTaskState state)
    {
        foreach (var disk in state.Change!.Disks) ServerDiskStore.SetLayer(tx, disk.DiskId, null);
    }

    protected override ServerRecord After(ServerRecord server) =>
        server with { VmState = VmState.Active, PowerState = PowerState.Running, LaunchedAt = Now };
}
