using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.BlockStorage;
using Cumulet.ControlPlane.BlockStorage.Volumes;
using Cumulet.ControlPlane.Compute.Hosts;
using Cumulet.ControlPlane.Compute.Hypervisor;
using Cumulet.ControlPlane.Images;
using Cumulet.ControlPlane.Layers;
using Cumulet.ControlPlane.Networking;
using Cumulet.ControlPlane.Networking.Servers;
using Cumulet.ControlPlane.Sagas;
using Cumulet.ControlPlane.Store;
using Cumulet.Disks;

namespace Cumulet.ControlPlane.Compute.Servers;

/// <summary>
/// From an accepted request to a running guest. Every step but the start is a change of rows or a file in constant time;
/// volumes are made by sagas of Block Storage, side by side, and awaited.
/// </summary>
internal sealed class CreateServer(
    CloudParts parts, ComputeHosts hosts, ServerNeeds needs, GuestBoot boot, IHypervisor hypervisor,
    LayersRoom layers, ImagesRoom images, BlockStorageRoom volumes, NetworkingRoom networking)
    : Saga<CreateServerState>("create-server", ServerSagaJson.Default.CreateServerState)
{
    protected override void Define(StepList<CreateServerState> steps) => steps
        .Commit("claim host", ClaimHost, undo: ReleaseHost)
        .Commit("make ports", MakePorts, undo: ReleasePorts)
        .Commit("begin volumes", BeginVolumes, undo: DeleteVolumes)
        .Do("await volumes", AwaitVolumes)
        .Commit("reserve volumes and plan disks", ReserveAndPlan, undo: RemoveAttachments)
        .Do("make disks", MakeDisks, undo: DiscardDisks)
        .Do("start guest", StartGuest, undo: EndGuest);

    private DateTimeOffset Now => parts.Time.GetUtcNow();

    private void ClaimHost(Tx tx, CreateServerState state)
    {
        var server = Get(tx, state);
        if (server.Host is not null) return;
        var host = hosts.Choose(tx, server, needs);
        Save(tx, server, server with
        {
            Host = host,
            Node = host,
            Zone = needs.ZoneOf(tx, host) ?? ComputeHosts.DefaultZone,
            TaskState = server.TaskState == TaskState.Deleting ? server.TaskState : TaskState.Networking,
        });
    }

    private void ReleaseHost(Tx tx, CreateServerState state)
    {
        if (ServerStore.Find(tx, state.ServerId) is { } server) Save(tx, server, server with { Host = null, Node = null });
    }

    private void MakePorts(Tx tx, CreateServerState state)
    {
        var (server, caller) = (Get(tx, state), state.Caller.ToCaller());
        foreach (var nic in state.Nics)
        {
            if (nic.NetworkId is null)
            {
                networking.AdoptPort(tx, caller, nic.PortId, server.Id, server.Zone!, server.HostName, nic.Tag);
            }
            else
            {
                networking.CreatePort(tx, caller, new NewServerPort
                {
                    PortId = nic.PortId,
                    ServerId = server.Id,
                    NetworkId = nic.NetworkId,
                    FixedIp = nic.FixedIp,
                    SecurityGroups = state.SecurityGroups,
                    AvailabilityZone = server.Zone!,
                    HostName = server.HostName,
                    Tag = nic.Tag,
                });
            }
            networking.BindPort(tx, nic.PortId, server.Host!);
            ServerStore.AddNic(tx, server.Id, nic.PortId);
        }
        Progress(tx, server, TaskState.BlockDeviceMapping);
    }

    private void ReleasePorts(Tx tx, CreateServerState state)
    {
        foreach (var nic in state.Nics)
        {
            networking.ReleasePort(tx, nic.PortId);
            ServerStore.RemoveNic(tx, state.ServerId, nic.PortId);
        }
    }

    private CreateServerState BeginVolumes(Tx tx, CreateServerState state)
    {
        var (server, caller) = (Get(tx, state), state.Caller.ToCaller());
        var begun = new List<WantedVolume>();
        foreach (var disk in ServerDiskStore.Of(tx, server.Id).Where(d => d is { IsVolume: true, AttachmentId: null }))
        {
            var started = volumes.CreateVolume.Begin(tx, caller, server.ProjectId, new NewVolume
            {
                Id = disk.VolumeId ?? Guid.NewGuid().ToString(),
                Name = "",
                Description = "",
                SizeGib = disk.SizeGib,
                Source = disk.Source switch
                {
                    "image" => new VolumeSource.FromImage(disk.ImageId!),
                    "snapshot" => new VolumeSource.FromSnapshot(disk.SnapshotId!),
                    _ => new VolumeSource.Blank(),
                },
                VolumeType = disk.VolumeType,
            }, state.RequestId);
            ServerDiskStore.SetVolume(tx, disk.Id, started.VolumeId, null);
            begun.Add(new WantedVolume(disk.Id, started.VolumeId, started.SagaId));
        }
        return state with { Volumes = [.. begun] };
    }

    // What was made for a server that did not come to be goes again.
    private void DeleteVolumes(Tx tx, CreateServerState state)
    {
        foreach (var volume in state.Volumes)
        {
            if (volumes.FindVolume(tx, null, volume.VolumeId) is { } made && made.Status is not VolumeStatus.Deleting)
                volumes.DeleteVolume.Begin(tx, volume.VolumeId, state.RequestId);
            tx.Execute($"UPDATE server_block_devices SET volume_id = NULL, attachment_id = NULL WHERE id = {volume.DiskId}");
        }
    }

    private async Task AwaitVolumes(CreateServerState state, CancellationToken cancel)
    {
        foreach (var volume in state.Volumes)
        {
            try
            {
                if (volume.SagaId is { } saga) await parts.Sagas.WhenDone(saga).WaitAsync(cancel);
            }
            catch (SagaFailedException failure)
            {
                throw new Fault(FaultKind.ServerError,
                    $"Build of instance {state.ServerId} aborted: Volume {volume.VolumeId} did not finish being created: {failure.Message}", inner: failure);
            }
        }
    }

    private CreateServerState ReserveAndPlan(Tx tx, CreateServerState state)
    {
        var server = Get(tx, state);
        foreach (var volume in state.Volumes)
        {
            var attachment = Guid.NewGuid().ToString();
            volumes.Attachments.Reserve(tx, volume.VolumeId, server.Id, attachment, readOnly: false);
            ServerDiskStore.SetAttachment(tx, volume.DiskId, attachment);
            if (volumes.FindVolume(tx, null, volume.VolumeId) is { } made) ServerDiskStore.SetVolume(tx, volume.DiskId, made.Id, made.SizeGib);
        }
        var planned = new List<Guid>();
        foreach (var disk in ServerDiskStore.Of(tx, server.Id).Where(d => !d.IsVolume && d.LayerId is null))
        {
            var plan = PlanOf(tx, server, disk);
            layers.Plan(tx, plan);
            ServerDiskStore.SetLayer(tx, disk.Id, plan.Id);
            planned.Add(plan.Id);
        }
        Progress(tx, server, TaskState.Spawning);
        return state with { Layers = [.. planned] };
    }

    private LayerPlan PlanOf(Tx tx, ServerRecord server, ServerDisk disk)
    {
        var holder = new LayerHolder("server-disk", $"{server.Id}/{disk.Id}");
        if (disk.Role != DiskRole.Root)
            return new LayerPlan(Guid.NewGuid(), LayerOrigin.Blank, null, DiskFormat.Qcow2, disk.SizeMib is { } mib ? mib << 20 : disk.SizeGib!.Value << 30, holder);
        var image = images.FindAny(tx, disk.ImageId!);
        if (image?.BootLayerId is not { } parent)
            throw new Fault(FaultKind.ServerError, $"Image {disk.ImageId} could not be found.");
        var size = layers.Find(tx, parent)!.VirtualSize;
        return new LayerPlan(Guid.NewGuid(), LayerOrigin.Clone, parent, DiskFormat.Qcow2, Math.Max(size, server.Flavor.DiskGib << 30), holder);
    }

    private void RemoveAttachments(Tx tx, CreateServerState state) => RemoveAllAttachments(tx, state.ServerId);

    private void RemoveAllAttachments(Tx tx, string serverId)
    {
        foreach (var disk in ServerDiskStore.Of(tx, serverId).Where(d => d.AttachmentId is not null))
        {
            volumes.Attachments.Remove(tx, disk.AttachmentId!);
            ServerDiskStore.SetAttachment(tx, disk.Id, null);
        }
    }

    private async Task MakeDisks(CreateServerState state, CancellationToken cancel)
    {
        foreach (var layer in state.Layers) await layers.Make(layer, cancel);
    }

    private async Task DiscardDisks(CreateServerState state, CancellationToken cancel)
    {
        foreach (var layer in state.Layers) await layers.Discard(layer);
        await parts.Database.Write(tx => tx.Execute(
            $"UPDATE server_block_devices SET layer_id = NULL WHERE server_id = {state.ServerId} AND destination = 'local'"));
    }

    private Task StartGuest(CreateServerState state, CancellationToken cancel) => boot.Start(state.ServerId, cancel);

    private async Task EndGuest(CreateServerState state, CancellationToken cancel)
    {
        await boot.Stop(state.ServerId, cancel);
        await hypervisor.Forget(Guid.Parse(state.ServerId));
    }

    protected override void Finished(Tx tx, CreateServerState state)
    {
        var server = Get(tx, state);
        foreach (var disk in ServerDiskStore.Of(tx, server.Id))
        {
            if (disk.AttachmentId is { } attachment) volumes.Attachments.Complete(tx, attachment, disk.DeviceName ?? "");
            ServerDiskStore.SetAttached(tx, disk.Id, true);
        }
        foreach (var nic in state.Nics) networking.PortIsUp(tx, nic.PortId, true);
        Save(tx, server, server with
        {
            VmState = VmState.Active,
            TaskState = server.TaskState == TaskState.Deleting ? server.TaskState : null,
            PowerState = PowerState.Running,
            LaunchedAt = Now,
        });
        ServerActionStore.End(tx, server.Id, state.RequestId, server.Host, null, null, Now);
    }

    protected override void Failed(Tx tx, CreateServerState state, Exception cause)
    {
        RemoveAllAttachments(tx, state.ServerId);
        if (ServerStore.Find(tx, state.ServerId) is not { } server) return;
        Save(tx, server, server with
        {
            VmState = VmState.Error,
            TaskState = server.TaskState == TaskState.Deleting ? server.TaskState : null,
            PowerState = PowerState.NoState,
            VmHandle = null,
        });
        ServerActionStore.End(tx, server.Id, state.RequestId, server.Host, "Error", cause.Message, Now);
        if (cause is SagaInterruptedException) return;
        ServerStore.AddFault(tx, server.Id, new ServerFault(500, cause.Message, null, Now));
    }

    private static ServerRecord Get(Tx tx, CreateServerState state) =>
        ServerStore.Find(tx, state.ServerId) ?? throw new InvalidOperationException($"server {state.ServerId} has no row");

    private void Progress(Tx tx, ServerRecord seen, string task)
    {
        var server = ServerStore.Find(tx, seen.Id)!;
        if (server.TaskState != TaskState.Deleting) Save(tx, server, server with { TaskState = task });
    }

    // In the saga's own transaction, on the row read in it: nobody can have come between.
    private void Save(Tx tx, ServerRecord before, ServerRecord after) => ServerStore.SaveState(tx, before, after, Now);
}
