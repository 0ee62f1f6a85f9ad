using Cumulet.ControlPlane.Api;

namespace Cumulet.ControlPlane.BlockStorage.Volumes;

/// <summary>GET volumes/{id}.</summary>
internal sealed class ShowVolume(BlockStorageRoom room)
{
    public Task<Reply> Handle(ApiRequest request)
    {
        var details = room.Parts.Database.Read(tx => VolumeDetails.Of(tx, VolumeAccess.Volume(tx, request, request[0])));
        return Task.FromResult(JsonWriting.Wrapped("volume", json => VolumeJson.WriteDetail(json, request, details, extended: true)));
    }
}
