using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.BlockStorage.Attachments;
using Cumulet.ControlPlane.BlockStorage.Snapshots;
using Cumulet.ControlPlane.BlockStorage.Volumes;
using Cumulet.ControlPlane.BlockStorage.VolumeTypes;
using Cumulet.ControlPlane.Images;
using Cumulet.ControlPlane.Layers;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.BlockStorage;

/// <summary>Block Storage: volumes with a life of their own, their snapshots and attachments.</summary>
public sealed class BlockStorageRoom
{
    private readonly CloudParts _parts;

    public BlockStorageRoom(CloudParts parts, LayersRoom layers, ImagesRoom images)
    {
        _parts = parts;
        Forks = new VolumeForks(parts, layers);
        CreateVolume = parts.Sagas.Register(new CreateVolume(parts, layers, images, Forks));
        DeleteVolume = parts.Sagas.Register(new DeleteVolume(parts, layers));
        Attachments = new ServerAttachments(parts);
        Api = new ServiceApi("block-storage", "volume", FaultStyle.BlockStorage)
        {
            Microversions = new MicroversionRange("volume", new(3, 0), new(3, 71)),
            ProjectIdAfter = ["v3"],
            RequestIdHeaders = ["x-compute-request-id", "x-openstack-request-id"],
        };
    }

    public ServiceApi Api { get; }
    public CreateVolume CreateVolume { get; }
    public DeleteVolume DeleteVolume { get; }
    public ServerAttachments Attachments { get; }
    public VolumeForks Forks { get; }

    /// <summary>The volume, where this caller may see it; null caller sees all.</summary>
    public VolumeRecord? FindVolume(Tx tx, Caller? caller, string id) =>
        VolumeStore.Find(tx, id) is { } volume && (caller is null || caller.IsAdmin || caller.ProjectId == volume.ProjectId) ? volume : null;

    /// <summary>The snapshot, where this caller may see it; null caller sees all.</summary>
    public SnapshotRecord? FindSnapshot(Tx tx, Caller? caller, string id) =>
        SnapshotStore.Find(tx, id) is { } snapshot && (caller is null || caller.IsAdmin || caller.ProjectId == snapshot.ProjectId) ? snapshot : null;

    /// <summary>What the volume keeps of the image it was made from.</summary>
    public IReadOnlyDictionary<string, string> ImageMetadata(Tx tx, string volumeId) => VolumeStore.Map(tx, "volume_image_metadata", volumeId);

    /// <summary>For <c>cumulet status</c>: how many volumes in which state.</summary>
    public string Summary(Tx tx) => string.Join(", ", tx.Query(
        $"SELECT status, COUNT(*) FROM volumes GROUP BY status ORDER BY status", row => $"{row.Text()} {row.Long()}")) is { Length: > 0 } counts ? counts : "none";

    /// <summary>On the first start: the default volume type.</summary>
    public Task Bootstrap() => _parts.Database.Write(tx =>
    {
        if (VolumeTypeStore.FindFor(tx, VolumeTypeStore.DefaultName, null) is not null) return;
        VolumeTypeStore.Insert(tx, new VolumeTypeRecord(
            Guid.NewGuid().ToString(), VolumeTypeStore.DefaultName, "Default Volume Type", true, null, _parts.Time.GetUtcNow(), null));
    });
}
