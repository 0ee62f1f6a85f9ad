using Cumulet.ControlPlane.Api;

namespace Cumulet.ControlPlane.BlockStorage.Volumes;

/// <summary>
/// What a cloud of one pool answers to moves between pools: os-migrate_volume, its completion, and the
/// completion of an extension that Cinder leaves to the compute service. Refused as Cinder refuses them with one backend.
/// </summary>
internal sealed class MoveVolume(BlockStorageRoom room)
{
    private static readonly ObjectShape Shape = Api.Shape.Object(
        Member.May("host", Api.Shape.OrNull(Api.Shape.Text(0, 255))),
        Member.May("force_host_copy", Api.Shape.Flag),
        Member.May("lock_volume", Api.Shape.Flag),
        Member.May("cluster", BodyShapes.NameOrNull).Since(3, 16));

    public async Task<Reply> Migrate(ApiRequest request)
    {
        var body = await request.Body("os-migrate_volume", Shape);
        var volume = Find(request);
        var target = body.GetText("cluster") ?? body.GetText("host")
            ?? throw BlockStorageFault.InvalidInput("One of cluster and host must be set.");
        if (body.GetText("cluster") is not null || target.Split('#')[0] != BlockStorageRoom.HostOf(room.Parts).Split('#')[0])
            throw Fault.BadRequest($"Invalid host: No available service named '{target.Truncated()}'");
        throw BlockStorageFault.InvalidVolume(
            $"Volume {volume.Id} status must be available or in-use, must not be migrating, have snapshots, be replicated, be part of a group and destination host/cluster must be different than the current one");
    }

    public Task<Reply> CompleteMigration(ApiRequest request)
    {
        Find(request);
        throw BlockStorageFault.InvalidVolume("Source volume not mid-migration.");
    }

    public Task<Reply> CompleteExtension(ApiRequest request) => throw BlockStorageFault.InvalidVolume(
        Find(request).Status == VolumeStatus.Extending ? "Required volume admin metadata is malformed or missing." : "Volume is not being extended.");

    private VolumeRecord Find(ApiRequest request) => room.Parts.Database.Read(tx => VolumeAccess.Volume(tx, request, request[0]));
}
