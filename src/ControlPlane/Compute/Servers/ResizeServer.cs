using System.Text.Json;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Compute.Hypervisor;
using Cumulet.ControlPlane.Layers;
using Cumulet.ControlPlane.Sagas;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Compute.Servers;

/// <summary>
/// resize and revertResize: the guest goes down, the server gets the other flavor, the guest comes up with it. Between the two
/// the server is VERIFY_RESIZE and remembers what it was. A local root grows with the flavor; it does not shrink when the
/// resize is reverted, since the guest may have written to the new room.
/// </summary>
internal sealed class ResizeServer(CloudParts parts, IHypervisor hypervisor, GuestBoot boot, LayersRoom layers) : ServerTask(parts, "resize-server")
{
    protected override void Define(StepList<ServerTaskState> steps) => steps
        .Do("end guest", async (state, cancel) =>
        {
            var server = Get(state);
            if (!await hypervisor.Shutdown(Guid.Parse(server.Id), Patience.Of(server), cancel)) await hypervisor.Destroy(Guid.Parse(server.Id), cancel);
            return state;
        })
        .Commit("set flavor", (tx, state) => Set(tx, state, state.NewFlavor!), undo: (tx, state) => Set(tx, state, state.OldFlavor!))
        .Do("grow root", GrowRoot)
        .Do("start guest", async (state, cancel) =>
        {
            if (state.Kind == "running") await boot.Start(state.ServerId, cancel);
            return state;
        }, undo: (state, cancel) => boot.Stop(state.ServerId, cancel));

    private ServerRecord Get(ServerTaskState state) => Parts.Database.Read(tx => ServerStore.Find(tx, state.ServerId))
        ?? throw new InvalidOperationException($"server {state.ServerId} is gone");

    private static ServerTaskState Set(Tx tx, ServerTaskState state, ServerFlavor flavor)
    {
        ServerStore.SetFlavor(tx, state.ServerId, flavor);
        return state;
    }

    private async Task<ServerTaskState> GrowRoot(ServerTaskState state, CancellationToken cancel)
    {
        var root = Parts.Database.Read(tx => ServerDiskStore.Of(tx, state.ServerId)).Find(d => d is { Role: DiskRole.Root, LayerId: not null });
        var bytes = state.NewFlavor!.DiskGib << 30;
        if (root is { LayerId: { } layer } && Parts.Database.Read(tx => layers.Find(tx, layer)) is { } known && known.VirtualSize < bytes)
            await layers.Resize(layer, bytes, cancel);
        return state;
    }

    protected override void Finished(Tx tx, ServerTaskState state)
    {
        var reverts = ServerStore.Find(tx, state.ServerId)?.TaskState == TaskState.ResizeReverting;
        if (reverts) tx.Execute($"DELETE FROM server_resizes WHERE server_id = {state.ServerId}");
        else
            tx.Execute($"""
                INSERT INTO server_resizes (server_id, old_flavor, old_vm_state)
                VALUES ({state.ServerId}, {JsonSerializer.Serialize(state.OldFlavor!, ServerRowJson.Default.ServerFlavor)}, {(state.Kind == "running" ? VmState.Active : VmState.Stopped)})
                ON CONFLICT (server_id) DO UPDATE SET old_flavor = excluded.old_flavor, old_vm_state = excluded.old_vm_state
                """);
        base.Finished(tx, state);
        if (ServerStore.Find(tx, state.ServerId) is not { } server) return;
        var (vm, power) = (state.Kind == "running" ? VmState.Active : VmState.Stopped, state.Kind == "running" ? PowerState.Running : PowerState.Shutdown);
        ServerStore.SaveState(tx, server, server with { VmState = reverts ? vm : VmState.Resized, PowerState = power }, Now);
    }

    protected override ServerRecord AfterFailure(ServerRecord server) =>
        server with { VmState = VmState.Error, PowerState = PowerState.Shutdown, VmHandle = null };
}

/// <summary>The requests around a resize.</summary>
internal sealed class ServerResizes(CloudParts parts, ServerNeeds needs, ResizeServer resize)
{
    private static readonly Shape Body = Shape.Object(
        Member.Must("flavorRef", Shape.Either(Shape.Text(1, 255), Shape.Integer(0))),
        Member.May("OS-DCF:diskConfig", Shape.OneOf("AUTO", "MANUAL")));

    public async Task<Reply> Resize(ApiRequest request)
    {
        var reference = (await request.Body("resize", Body)).GetText("flavorRef")!;
        await parts.Database.Write(tx =>
        {
            var server = ServerGuard.Require(tx, request, request[0], "resize", VmState.Active, VmState.Stopped);
            var flavor = needs.FindFlavor(tx, request.Caller, reference) ?? throw Fault.BadRequest($"Flavor {reference} could not be found.");
            if (flavor.Id == server.Flavor.Id) throw Fault.BadRequest("When resizing, instances must change flavor!");
            if (!server.BootsFromVolume && flavor.DiskGib < server.Flavor.DiskGib)
                throw Fault.BadRequest($"Resize to flavor {flavor.Name} is not possible: its disk has {flavor.DiskGib} GiB, the server's {server.Flavor.DiskGib} GiB; disks do not shrink.");
            needs.RequireQuota(tx, request.Caller, new ServerDemand(0, Math.Max(flavor.Vcpus - server.Flavor.Vcpus, 0), Math.Max(flavor.RamMib - server.Flavor.RamMib, 0)));
            Begin(tx, request, server, TaskState.ResizePrep, "resize", flavor);
        });
        return Reply.Empty(202);
    }

    public async Task<Reply> Confirm(ApiRequest request)
    {
        await parts.Database.Write(tx =>
        {
            var server = ServerGuard.Require(tx, request, request[0], "confirmResize", VmState.Resized);
            var before = Before(tx, server.Id);
            tx.Execute($"DELETE FROM server_resizes WHERE server_id = {server.Id}");
            ServerStore.SaveState(tx, server, server with { VmState = before.VmState }, parts.Time.GetUtcNow());
            ServerActionStore.Begin(tx, request, server.Id, "confirmResize", null, parts.Time.GetUtcNow());
        });
        return Reply.Empty();
    }

    public async Task<Reply> Revert(ApiRequest request)
    {
        await parts.Database.Write(tx =>
        {
            var server = ServerGuard.Require(tx, request, request[0], "revertResize", VmState.Resized);
            Begin(tx, request, server, TaskState.ResizeReverting, "revertResize", Before(tx, server.Id).Flavor);
        });
        return Reply.Empty(202);
    }

    private static (ServerFlavor Flavor, string VmState) Before(Tx tx, string id)
    {
        var (flavor, vmState) = tx.Find($"SELECT old_flavor, old_vm_state FROM server_resizes WHERE server_id = {id}", row => (row.Text(), row.Text()));
        return flavor is null
            ? throw Fault.BadRequest("Instance has not been resized.")
            : (JsonSerializer.Deserialize(flavor, ServerRowJson.Default.ServerFlavor)!, vmState);
    }

    private void Begin(Tx tx, ApiRequest request, ServerRecord server, string task, string action, ServerFlavor flavor) =>
        resize.Begin(tx, request, server, task, action, new ServerTaskState
        {
            ServerId = server.Id,
            RequestId = request.RequestId,
            Kind = server.PowerState == PowerState.Running ? "running" : "off",
            OldFlavor = server.Flavor,
            NewFlavor = flavor,
        });
}
