using System.Text.Json.Serialization;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.BlockStorage.Messages;
using Cumulet.ControlPlane.BlockStorage.Quotas;
using Cumulet.ControlPlane.BlockStorage.VolumeTypes;
using Cumulet.ControlPlane.Layers;
using Cumulet.ControlPlane.Sagas;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.BlockStorage.Volumes;

/// <param name="Was">The state to go back to: available or in-use.</param>
public sealed record ExtendVolumeState(string VolumeId, long NewGib, string Was);

[JsonSerializable(typeof(ExtendVolumeState))]
internal sealed partial class ExtendVolumeJson : JsonSerializerContext;

/// <summary>Grows a volume; in constant time, since an overlay's new end reads as zeroes. Also under a running guest.</summary>
public sealed class ExtendVolume(CloudParts parts, LayersRoom layers, VolumeForks forks)
    : Saga<ExtendVolumeState>("extend-volume", ExtendVolumeJson.Default.ExtendVolumeState)
{
    private static readonly ObjectShape Shape = Api.Shape.Object(Member.Must("new_size", BodyShapes.Size));

    protected override void Define(StepList<ExtendVolumeState> steps) => steps
        .Do("grow disk", GrowDisk)
        .Commit("grown", Grown);

    /// <summary>POST …/action os-extend; a volume in use from 3.42.</summary>
    public async Task<Reply> Handle(ApiRequest request)
    {
        var body = await request.Body("os-extend", Shape);
        var size = body.GetLong("new_size")!.Value;
        await parts.Database.Write(tx =>
        {
            var volume = VolumeAccess.Volume(tx, request, request[0]);
            var online = request.At(3, 42) && volume.Status == VolumeStatus.InUse;
            if (online) request.Authorize("volume:extend_attached_volume", PolicyTarget.OwnedBy(volume.ProjectId));
            Begin(tx, volume, size, online, request.RequestId);
        });
        return Reply.Empty(202);
    }

    public string Begin(Tx tx, VolumeRecord volume, long newGib, bool online, string requestId)
    {
        if (newGib <= volume.SizeGib)
            throw BlockStorageFault.InvalidInput($"New size for extend must be greater than current size. (current: {volume.SizeGib}, extended: {newGib}).");
        var was = online ? VolumeStatus.InUse : VolumeStatus.Available;
        var type = VolumeTypeStore.Find(tx, volume.VolumeTypeId) ?? throw BlockStorageFault.NoType(volume.VolumeTypeId);
        if (!VolumeStore.Move(tx, volume.Id, [was], VolumeStatus.Extending, parts.Time.GetUtcNow()))
            throw BlockStorageFault.InvalidVolume($"Volume {volume.Id} status must be '{{'status': '{was}'}}' to extend, currently {volume.Status}.");
        VolumeQuota.RequireGrowth(tx, volume.ProjectId, newGib, newGib - volume.SizeGib, type);
        VolumeQuota.RequirePlace(tx, layers, newGib - volume.SizeGib);
        tx.Execute($"UPDATE volumes SET growing_to_gib = {newGib} WHERE id = {volume.Id}");
        return parts.Sagas.Start(tx, this, new ExtendVolumeState(volume.Id, newGib, was), $"volume:{volume.Id}", requestId);
    }

    private Task GrowDisk(ExtendVolumeState state, CancellationToken cancel) =>
        forks.Grow(state.VolumeId, state.NewGib << 30, cancel);

    private void Grown(Tx tx, ExtendVolumeState state)
    {
        tx.Execute($"UPDATE volumes SET size_gib = {state.NewGib}, growing_to_gib = NULL WHERE id = {state.VolumeId}");
        forks.TellServerOf(tx, state.VolumeId);
        VolumeStore.Return(tx, state.VolumeId, VolumeStatus.Extending, state.Was, parts.Time.GetUtcNow());
    }

    protected override void Failed(Tx tx, ExtendVolumeState state, Exception cause)
    {
        tx.Execute($"UPDATE volumes SET growing_to_gib = NULL WHERE id = {state.VolumeId}");
        // A guest goes on with the disk it has; a disk nobody uses waits for its owner to look.
        var to = state.Was == VolumeStatus.InUse ? VolumeStatus.InUse : VolumeStatus.ErrorExtending;
        VolumeStore.Return(tx, state.VolumeId, VolumeStatus.Extending, to, parts.Time.GetUtcNow());
        if (VolumeStore.Find(tx, state.VolumeId) is { } volume)
            UserMessages.Add(tx, volume.ProjectId, "VOLUME", volume.Id, ("007", "extend volume"), parts.Time.GetUtcNow());
    }
}
