using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.BlockStorage.Attachments;
using Cumulet.ControlPlane.BlockStorage.Backups;
using Cumulet.ControlPlane.BlockStorage.Backups.Target;
using Cumulet.ControlPlane.BlockStorage.Services;
using Cumulet.ControlPlane.BlockStorage.Snapshots;
using Cumulet.ControlPlane.BlockStorage.Volumes;
using Cumulet.ControlPlane.BlockStorage.VolumeTypes;
using Cumulet.ControlPlane.Identity;
using Cumulet.ControlPlane.Images;
using Cumulet.ControlPlane.Layers;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.BlockStorage;

/// <summary>
/// Block Storage: volumes with a life of their own, their snapshots and attachments. This half is what other rooms ask of
/// it; the table of contents of its API is in the other half.
/// </summary>
public sealed partial class BlockStorageRoom
{
    /// <summary>The one availability zone.</summary>
    public const string Zone = "nova";

    /// <summary>The one backend and its one pool, as hosts of volumes name them: <c>host@local#local</c>.</summary>
    public const string Backend = "local";

    public BlockStorageRoom(CloudParts parts, IdentityRoom identity, LayersRoom layers, ImagesRoom images)
    {
        Identity = identity;
        Parts = parts;
        Layers = layers;
        Images = images;
        Forks = new VolumeForks(parts, layers);
        Target = BackupTarget.At(parts.Options.BackupTarget, parts.Time);
        CreateVolume = parts.Sagas.Register(new CreateVolume(parts, layers, images, Forks, Target));
        DeleteVolume = parts.Sagas.Register(new DeleteVolume(parts, layers));
        ExtendVolume = parts.Sagas.Register(new ExtendVolume(parts, layers, Forks));
        UploadVolume = parts.Sagas.Register(new UploadVolume(parts, layers, images, Forks));
        ReplaceDisk = parts.Sagas.Register(new ReplaceDisk(parts, layers, images, Forks, Target));
        CreateSnapshot = parts.Sagas.Register(new CreateSnapshot(parts, layers, Forks));
        DeleteSnapshot = parts.Sagas.Register(new DeleteSnapshot(parts, layers, DeleteVolume));
        CreateBackup = parts.Sagas.Register(new CreateBackup(parts, layers, Forks, Target));
        DeleteBackup = parts.Sagas.Register(new DeleteBackup(parts, Target));
        Attachments = new ServerAttachments(parts);
        Api = new ServiceApi("block-storage", "volume", FaultStyle.BlockStorage)
        {
            Microversions = BlockStorageVersions.Range,
            ProjectIdAfter = ["v3"],
            RequestIdHeaders = ["x-compute-request-id", "x-openstack-request-id"],
        };
        AddRoutes(Api.Routes);
    }

    public ServiceApi Api { get; }
    internal CreateVolume CreateVolume { get; }
    public DeleteVolume DeleteVolume { get; }
    public ExtendVolume ExtendVolume { get; }
    public UploadVolume UploadVolume { get; }
    internal ReplaceDisk ReplaceDisk { get; }
    public CreateSnapshot CreateSnapshot { get; }
    public DeleteSnapshot DeleteSnapshot { get; }
    internal CreateBackup CreateBackup { get; }
    internal DeleteBackup DeleteBackup { get; }
    /// <summary>Where backups are kept; null where that is the pool.</summary>
    internal BackupTarget? Target { get; }
    public ServerAttachments Attachments { get; }
    public VolumeForks Forks { get; }

    internal CloudParts Parts { get; }
    internal IdentityRoom Identity { get; }
    internal LayersRoom Layers { get; }
    internal ImagesRoom Images { get; }

    /// <summary>Backups whose data is not where it should be.</summary>
    public async Task<IReadOnlyList<string>> Audit(CancellationToken cancel) => Target is not { } target
        ? []
        : await target.Audit(Parts.Database.Read(tx => BackupStore.Outside(tx, target.Place.Service)), cancel);

    /// <summary>Where a volume lies, as Cinder writes it: host, backend, pool.</summary>
    internal static string HostOf(CloudParts parts) => $"{parts.Options.HostName}@{Backend}#{Backend}";

    /// <summary>The volume, where this caller may see it; null caller sees all.</summary>
    public VolumeRecord? FindVolume(Tx tx, Caller? caller, string id) =>
        VolumeStore.Find(tx, id) is { } volume && (caller is null || ProjectRows.MaySee(caller, volume.ProjectId)) ? volume : null;

    /// <summary>The snapshot, where this caller may see it; null caller sees all.</summary>
    public SnapshotRecord? FindSnapshot(Tx tx, Caller? caller, string id) =>
        SnapshotStore.Find(tx, id) is { } snapshot && (caller is null || ProjectRows.MaySee(caller, snapshot.ProjectId)) ? snapshot : null;

    /// <summary>What the volume keeps of the image it was made from.</summary>
    public IReadOnlyDictionary<string, string> ImageMetadata(Tx tx, string volumeId) => VolumeStore.Map(tx, "volume_image_metadata", volumeId);

    /// <summary>For <c>cumulet status</c>: how many volumes in which state.</summary>
    public string Summary(Tx tx) => string.Join(", ", tx.Query(
        $"SELECT status, COUNT(*) FROM volumes GROUP BY status ORDER BY status", row => $"{row.Text()} {row.Long()}")) is { Length: > 0 } counts ? counts : "none";

    /// <summary>On the first start: the default volume type and the services' ids.</summary>
    public Task Bootstrap() => Parts.Database.Write(tx =>
    {
        var now = Parts.Time.GetUtcNow();
        VolumeServices.Ensure(tx, now);
        if (VolumeTypeStore.FindFor(tx, VolumeTypeStore.DefaultName, null) is not null) return;
        VolumeTypeStore.Insert(tx, new VolumeTypeRecord(
            Guid.NewGuid().ToString(), VolumeTypeStore.DefaultName, "Default Volume Type", true, null, now, null));
    });
}
