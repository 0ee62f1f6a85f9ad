using System.Text.Json;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.BlockStorage;
using Cumulet.ControlPlane.BlockStorage.Snapshots;
using Cumulet.ControlPlane.Compute.Hypervisor;
using Cumulet.ControlPlane.Images;
using Cumulet.ControlPlane.Layers;
using Cumulet.ControlPlane.Sagas;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Compute.Servers;

/// <summary>
/// createImage of a server with a local root: the root's head is sealed and becomes the image, the guest goes on in a new
/// head on it. Constant time, guest running or not. A volume-backed server's image is a mapping to volume snapshots.
/// </summary>
internal sealed class CreateImage(
    CloudParts parts, IHypervisor hypervisor, LayersRoom layers, ImagesRoom images, BlockStorageRoom volumes) : ServerTask(parts, "create-image")
{
    private static readonly Shape Body = Shape.Object(
        Member.Must("name", Shape.Name()),
        Member.May("metadata", Shape.Map(ComputeShapes.MetadataKey, Shape.Text(0, 255))));

    public async Task<Reply> Handle(ApiRequest request)
    {
        var wanted = await request.Body("createImage", Body);
        var image = Guid.NewGuid().ToString();
        await Parts.Database.Write(tx => Begin(tx, request, wanted, image));
        if (request.At(2, 45))
            return Reply.Json(202, json =>
            {
                json.WriteStartObject();
                json.WriteString("image_id", image);
                json.WriteEndObject();
            });
        var http = request.Http.Request;
        return Reply.Empty(202).With("Location", $"{http.Scheme}://{http.Host}/image/v2/images/{image}");
    }

    private void Begin(Tx tx, ApiRequest request, JsonElement wanted, string image)
    {
        var server = ServerGuard.Require(tx, request, request[0], "createImage", VmState.Active, VmState.Stopped, VmState.Paused, VmState.Suspended);
        ServerRoot.Require(tx, server, "createImage");
        var disks = ServerDiskStore.Of(tx, server.Id);
        var properties = Properties(server, wanted);
        if (server.BootsFromVolume)
        {
            BeginMapping(tx, request, server, disks, wanted.GetText("name")!, properties, image);
            return;
        }
        images.CreateDerived(tx, request.Caller, new DerivedImage
        {
            Id = image,
            Name = wanted.GetText("name")!,
            MinDiskGib = Math.Max(server.Image.MinDiskGib, server.Flavor.DiskGib),
            MinRamMib = server.Image.MinRamMib,
            Properties = properties,
        });
        Begin(tx, request, server, TaskState.ImageSnapshotPending, "createImage", new ServerTaskState
        {
            ServerId = server.Id,
            RequestId = request.RequestId,
            Subject = image,
            DiskId = disks.First(d => d.Role == DiskRole.Root).Id,
        });
    }

    private static Dictionary<string, string> Properties(ServerRecord server, JsonElement wanted)
    {
        var properties = new Dictionary<string, string>(server.Image.Properties, StringComparer.Ordinal);
        properties["image_type"] = "snapshot";
        properties["instance_uuid"] = server.Id;
        properties["user_id"] = server.UserId;
        if (server.ImageId is { } source) properties["base_image_ref"] = source;
        foreach (var (name, value) in wanted.GetMap("metadata")) properties[name] = value; // the user's word is the last
        return properties;
    }

    // Rule (Nova): size 0, block_device_mapping names the snapshots, the root's is found by boot_index.
    private void BeginMapping(
        Tx tx, ApiRequest request, ServerRecord server, List<ServerDisk> disks, string name, Dictionary<string, string> properties, string image)
    {
        var mapping = new List<(ServerDisk Disk, string Snapshot)>();
        foreach (var disk in disks.Where(d => d is { IsVolume: true, VolumeId: not null }))
        {
            var snapshot = volumes.CreateSnapshot.Begin(tx, request.Caller,
                new NewSnapshot { VolumeId = disk.VolumeId!, Name = $"snapshot for {name}", Description = "", InUse = true }, request.RequestId);
            mapping.Add((disk, snapshot.SnapshotId));
        }
        properties["bdm_v2"] = "True";
        properties["root_device_name"] = server.RootDevice ?? "/dev/vda";
        properties["block_device_mapping"] = MappingOf(mapping);
        images.CreateDerived(tx, request.Caller, new DerivedImage
        {
            Id = image,
            Name = name,
            MinDiskGib = server.Image.MinDiskGib,
            MinRamMib = server.Image.MinRamMib,
            Properties = properties,
        });
        images.ActivateMapping(tx, image, null);
        ServerActionStore.Begin(tx, request, server.Id, "createImage", null, Now);
    }

    private static string MappingOf(List<(ServerDisk Disk, string Snapshot)> mapping)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartArray();
            foreach (var (disk, snapshot) in mapping)
            {
                json.WriteStartObject();
                json.WriteString("source_type", "snapshot");
                json.WriteString("destination_type", "volume");
                json.WriteString("snapshot_id", snapshot);
                if (disk.SizeGib is { } size) json.WriteNumber("volume_size", size);
                if (disk.BootIndex is { } boot) json.WriteNumber("boot_index", boot);
                else json.WriteNull("boot_index");
                json.WriteString("device_name", disk.DeviceName);
                json.WriteString("device_type", disk.DeviceType);
                json.WriteString("disk_bus", disk.DiskBus);
                json.WriteBoolean("delete_on_termination", disk.DeleteOnTermination);
                json.WriteString("guest_format", disk.GuestFormat);
                json.WriteNull("no_device");
                json.WriteNull("image_id");
                json.WriteNull("volume_id");
                json.WriteString("tag", disk.Tag);
                json.WriteEndObject();
            }
            json.WriteEndArray();
        }
        return System.Text.Encoding.UTF8.GetString(buffer.ToArray());
    }

    protected override void Define(StepList<ServerTaskState> steps) => steps
        .Plan("plan head", (tx, state) =>
        {
            var disk = ServerDiskStore.Find(tx, state.DiskId!) ?? throw new InvalidOperationException($"disk {state.DiskId} has no row");
            var (head, newHead) = (disk.LayerId!.Value, Guid.NewGuid());
            layers.PlanFork(tx, head, newHead);
            return state with { Head = head, NewHead = newHead };
        })
        // The head is sealed from here on: going back would leave the guest without one.
        .NoReturn()
        .Do("fork disk", async (state, cancel) =>
        {
            await layers.Fork(state.Head!.Value, state.NewHead!.Value, cancel);
            var disk = Parts.Database.Read(tx => ServerDiskStore.Find(tx, state.DiskId!))!;
            await hypervisor.SwitchHeads(Guid.Parse(state.ServerId), [new NewHead(disk.DeviceId, layers.ChainOf(state.NewHead.Value).Top)], cancel);
        })
        .Commit("activate image", (tx, state) =>
        {
            var holder = new LayerHolder("image", state.Subject!);
            layers.Forked(tx, state.Head!.Value, state.NewHead!.Value, holder);
            ServerDiskStore.SetLayer(tx, state.DiskId!, state.NewHead);
            var size = layers.Find(tx, state.Head.Value)!.VirtualSize;
            if (!images.ActivateDerived(tx, state.Subject!, state.Head.Value, size)) layers.Release(tx, holder);
        });

    protected override void Failed(Tx tx, ServerTaskState state, Exception cause)
    {
        images.FailDerived(tx, state.Subject!);
        base.Failed(tx, state, cause);
    }
}
