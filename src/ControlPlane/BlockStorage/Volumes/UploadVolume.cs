using System.Text.Json.Serialization;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.BlockStorage.Messages;
using Cumulet.ControlPlane.BlockStorage.VolumeTypes;
using Cumulet.ControlPlane.Images;
using Cumulet.ControlPlane.Layers;
using Cumulet.ControlPlane.Sagas;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.BlockStorage.Volumes;

/// <param name="Was">The state to go back to: available or in-use.</param>
public sealed record UploadVolumeState(string VolumeId, string ImageId, string Was, PlannedFork? Fork);

[JsonSerializable(typeof(UploadVolumeState))]
internal sealed partial class UploadVolumeJson : JsonSerializerContext;

/// <summary>Makes an image of a volume: the image is the volume's sealed layer, nothing is copied.</summary>
public sealed class UploadVolume(CloudParts parts, LayersRoom layers, ImagesRoom images, VolumeForks forks)
    : Saga<UploadVolumeState>("upload-volume", UploadVolumeJson.Default.UploadVolumeState)
{
    // What the image has as attributes of its own, or gets anew, is not carried over as a property.
    private static readonly string[] CoreProperties =
        ["checksum", "container_format", "disk_format", "image_name", "image_id", "min_disk", "min_ram", "name", "size",
         "block_device_mapping", "bdm_v2", "root_device_name", "owner_specified.openstack.md5", "owner_specified.openstack.sha256"];

    private static readonly ObjectShape Shape = Api.Shape.Object(
        Member.Must("image_name", Api.Shape.Text(1, 255)),
        Member.May("force", Api.Shape.Flag),
        Member.May("disk_format", Api.Shape.OneOf("raw", "vmdk", "vdi", "qcow2", "vhd", "vhdx", "ploop")),
        Member.May("container_format", BodyShapes.NameOrNull),
        Member.May("visibility", Api.Shape.OneOf("community", "public", "private", "shared")).Since(3, 1),
        Member.May("protected", Api.Shape.Flag).Since(3, 1));

    protected override void Define(StepList<UploadVolumeState> steps) => steps
        .Plan("plan head", PlanHead)
        .Do("fork volume", ForkVolume,
            undo: (state, _) => state.Fork is { } fork ? forks.Unplan(state.VolumeId, fork) : Task.CompletedTask)
        .Commit("image active", Activate);

    /// <summary>POST …/action os-volume_upload_image.</summary>
    public async Task<Reply> Handle(ApiRequest request)
    {
        var body = await request.Body("os-volume_upload_image", Shape);
        if (body.GetText("disk_format") is { } format && format != "raw")
            throw Fault.BadRequest($"disk_format '{format}' is not possible: the image is the volume's own disk, which is read as raw. Download it and convert it, or ask for raw.");
        if (body.GetText("container_format") is { } container && container != "bare")
            throw Fault.BadRequest($"container_format '{container}' is not possible: the image is the volume's own disk. Ask for bare.");
        var visibility = body.GetText("visibility") ?? "private";
        if (visibility == "public") request.Authorize("volume_extension:volume_actions:upload_public", PolicyTarget.OwnedBy(request.Caller.ProjectId));
        var image = new DerivedImage
        {
            Id = Guid.NewGuid().ToString(),
            Name = body.GetText("image_name")!,
            Visibility = visibility,
            Protected = body.GetFlag("protected") == true,
        };
        var (volume, type) = await parts.Database.Write(tx => Begin(tx, request, image, body.GetFlag("force") == true));
        return JsonWriting.Wrapped("os-volume_upload_image", json =>
        {
            json.WriteStartObject();
            json.WriteString("id", volume.Id);
            json.WriteTime("updated_at", volume.UpdatedAt);
            json.WriteString("status", VolumeStatus.Uploading);
            json.WriteString("display_description", volume.Description);
            json.WriteNumber("size", volume.SizeGib);
            json.WritePropertyName("volume_type");
            VolumeTypeJson.WriteStored(json, type);
            json.WriteString("image_id", image.Id);
            json.WriteString("container_format", image.ContainerFormat);
            json.WriteString("disk_format", image.DiskFormat);
            json.WriteString("image_name", image.Name);
            if (request.At(3, 1))
            {
                json.WriteBoolean("protected", image.Protected);
                json.WriteString("visibility", image.Visibility);
            }
            json.WriteEndObject();
        }, 202);
    }

    private (VolumeRecord Volume, VolumeTypeRecord Type) Begin(Tx tx, ApiRequest request, DerivedImage image, bool force)
    {
        var volume = VolumeAccess.Volume(tx, request, request[0]);
        if (volume.Multiattach) throw BlockStorageFault.InvalidVolume(VolumeForks.NoMultiattach(volume.Id));
        if (volume.EncryptionKeyId is not null)
            throw BlockStorageFault.InvalidVolume(
                $"Volume {volume.Id} is encrypted, and an image would be a copy that anybody who may download it can read. Make a snapshot or a backup of it, or copy the data in a server.");
        string[] from = force ? [VolumeStatus.Available, VolumeStatus.InUse] : [VolumeStatus.Available];
        if (!VolumeStore.Move(tx, volume.Id, from, VolumeStatus.Uploading, parts.Time.GetUtcNow()))
            throw BlockStorageFault.InvalidVolume($"Volume {volume.Id} status must be {string.Join(" or ", from)}");
        var metadata = VolumeStore.Map(tx, "volume_image_metadata", volume.Id);
        images.CreateDerived(tx, request.Caller, image with
        {
            MinDiskGib = Number(metadata, "min_disk"),
            MinRamMib = Number(metadata, "min_ram"),
            Properties = metadata.Where(p => !CoreProperties.Contains(p.Key)).ToDictionary(),
        });
        parts.Sagas.Start(tx, this, new UploadVolumeState(volume.Id, image.Id, volume.Status, null), $"volume:{volume.Id}", request.RequestId);
        return (VolumeStore.Find(tx, volume.Id)!, VolumeTypeStore.Find(tx, volume.VolumeTypeId)!);
    }

    private static long Number(Dictionary<string, string> metadata, string name) =>
        metadata.TryGetValue(name, out var text) && long.TryParse(text, out var number) ? number : 0;

    private static LayerHolder Holder(string imageId) => new("volume-upload", imageId);

    private UploadVolumeState PlanHead(Tx tx, UploadVolumeState state) => state with
    {
        Fork = forks.Plan(tx, state.VolumeId) ?? throw new SagaFailedException($"volume {state.VolumeId} was deleted"),
    };

    private Task ForkVolume(UploadVolumeState state, CancellationToken cancel) =>
        forks.Fork(state.VolumeId, state.Fork!.Head, state.Fork.NewHead, Holder(state.ImageId), cancel);

    private void Activate(Tx tx, UploadVolumeState state)
    {
        images.ActivateDerived(tx, state.ImageId, state.Fork!.Head, layers.Find(tx, state.Fork.Head)!.VirtualSize);
        layers.Release(tx, Holder(state.ImageId));
        VolumeStore.Return(tx, state.VolumeId, VolumeStatus.Uploading, state.Was, parts.Time.GetUtcNow());
    }

    protected override void Failed(Tx tx, UploadVolumeState state, Exception cause)
    {
        layers.Release(tx, Holder(state.ImageId));
        images.FailDerived(tx, state.ImageId);
        VolumeStore.Return(tx, state.VolumeId, VolumeStatus.Uploading, state.Was, parts.Time.GetUtcNow());
        if (VolumeStore.Find(tx, state.VolumeId) is { } volume)
            UserMessages.Add(tx, volume.ProjectId, "VOLUME", volume.Id, ("003", "copy volume to image"), parts.Time.GetUtcNow());
    }
}
