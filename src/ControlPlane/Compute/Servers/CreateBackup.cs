using System.Text.Json;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Compute.Hypervisor;
using Cumulet.ControlPlane.Images;
using Cumulet.ControlPlane.Layers;
using Cumulet.ControlPlane.Sagas;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Compute.Servers;

/// <summary>
/// createBackup: an image of the root like any other snapshot, in constant time; then the oldest backups of that type go,
/// down to the number that rotation allows. Rule: nova/compute/manager.py, _rotate_backups.
/// </summary>
internal sealed class CreateBackup(CloudParts parts, IHypervisor hypervisor, LayersRoom layers, ImagesRoom images) : ServerTask(parts, "create-server-backup")
{
    private static readonly Shape Body = Shape.Object(
        Member.Must("name", Shape.Name()),
        Member.Must("backup_type", Shape.Text(0, 255)),
        Member.Must("rotation", Shape.Integer(0, int.MaxValue)),
        Member.May("metadata", Shape.Map(ComputeShapes.MetadataKey, Shape.Text(0, 255))));

    public async Task<Reply> Handle(ApiRequest request)
    {
        var wanted = await request.Body("createBackup", Body);
        var image = Guid.NewGuid().ToString();
        var rotation = wanted.GetInt("rotation")!.Value;
        await Parts.Database.Write(tx => Accept(tx, request, wanted, image, rotation));
        // With rotation 0 nothing of it stays, so there is nothing to point at.
        if (rotation == 0) return Reply.Empty(202);
        if (!request.At(2, 45)) return Reply.Empty(202).With("Location", $"{request.Http.Request.Scheme}://{request.Http.Request.Host}/image/v2/images/{image}");
        return Reply.Json(202, json =>
        {
            json.WriteStartObject();
            json.WriteString("image_id", image);
            json.WriteEndObject();
        });
    }

    private void Accept(Tx tx, ApiRequest request, JsonElement wanted, string image, int rotation)
    {
        var server = ServerGuard.Launched(ServerGuard.Require(
            tx, request, request[0], "createBackup", VmState.Active, VmState.Stopped, VmState.Paused, VmState.Suspended), "createBackup");
        if (server.BootsFromVolume) throw Fault.BadRequest("Backup is not supported for volume-backed instances.");
        var type = wanted.GetText("backup_type")!;
        images.CreateDerived(tx, request.Caller, ServerImages.Of(
            server, image, wanted.GetText("name")!, "backup", new Dictionary<string, string>(wanted.GetMap("metadata")) { ["backup_type"] = type }));
        var root = ServerDiskStore.Of(tx, server.Id).First(d => d.Role == DiskRole.Root);
        Begin(tx, request, server, "image_backup", "createBackup", new ServerTaskState
        {
            ServerId = server.Id,
            RequestId = request.RequestId,
            Change = new ServerChange
            {
                ImageId = image,
                BackupType = type,
                Rotation = rotation,
                Disks = [new DiskChange(root.Id, root.LayerId!.Value, Guid.NewGuid(), 0)],
            },
        });
    }

    protected override void Define(StepList<ServerTaskState> steps) => steps
        .Plan("plan head", (tx, state) =>
        {
            var disk = state.Change!.Disks[0];
            if (layers.Find(tx, disk.New) is null) layers.PlanFork(tx, disk.Old!.Value, disk.New);
            return state;
        })
        // The head is sealed from here on: a guest that has gone on in the new one cannot go back.
        .NoReturn()
        .Do("fork root", async (state, cancel) =>
        {
            var disk = state.Change!.Disks[0];
            await layers.Fork(disk.Old!.Value, disk.New, cancel);
            var device = Parts.Database.Read(tx => ServerDiskStore.Find(tx, disk.DiskId))!.DeviceId;
            await hypervisor.SwitchHeads(Guid.Parse(state.ServerId), [new NewHead(device, layers.ChainOf(disk.New).Top)], cancel);
        })
        .Commit("activate image", Activate)
        .Commit("rotate", Rotate);

    private void Activate(Tx tx, ServerTaskState state)
    {
        var (disk, image) = (state.Change!.Disks[0], state.Change.ImageId!);
        var holder = new LayerHolder("image", image);
        layers.Forked(tx, disk.Old!.Value, disk.New, holder);
        ServerDiskStore.SetLayer(tx, disk.DiskId, disk.New);
        if (!images.ActivateDerived(tx, image, disk.Old.Value, layers.Find(tx, disk.Old.Value)!.VirtualSize)) layers.Release(tx, holder);
    }

    private void Rotate(Tx tx, ServerTaskState state)
    {
        var backups = tx.Query($"""
            SELECT i.id FROM images i
            JOIN image_properties s ON s.image_id = i.id AND s.name = 'instance_uuid' AND s.value = {state.ServerId}
            JOIN image_properties t ON t.image_id = i.id AND t.name = 'backup_type' AND t.value = {state.Change!.BackupType}
            JOIN image_properties k ON k.image_id = i.id AND k.name = 'image_type' AND k.value = 'backup'
            WHERE i.derived = 1 AND i.status = 'active' ORDER BY i.created_at DESC, i.id
            """, row => row.Text());
        foreach (var old in backups.Skip(state.Change.Rotation)) images.DeleteDerived(tx, old);
    }

    protected override void Failed(Tx tx, ServerTaskState state, Exception cause)
    {
        images.FailDerived(tx, state.Change!.ImageId!);
        base.Failed(tx, state, cause);
    }
}
