using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.BlockStorage.Volumes;

/// <summary>The actions on what a volume keeps of its image: os-set_image_metadata, os-unset_image_metadata, os-show_image_metadata.</summary>
internal sealed class VolumeImageMetadata(BlockStorageRoom room)
{
    private const string Table = "volume_image_metadata";

    private static readonly ObjectShape SetShape = Shape.Object(
        Member.Must("metadata", Shape.Map(@"^[a-zA-Z0-9-_:. /]{1,255}$", Shape.Text(0, 65535))));

    private static readonly ObjectShape UnsetShape = Shape.Object(Member.Must("key", Shape.Text(1, 255)));

    public async Task<Reply> Set(ApiRequest request)
    {
        var body = await request.Body("os-set_image_metadata", SetShape);
        var after = await room.Parts.Database.Write(tx =>
        {
            var volume = VolumeAccess.Volume(tx, request, request[0]);
            VolumeStore.SetMap(tx, Table, volume.Id, body.GetMap("metadata"));
            return VolumeStore.Map(tx, Table, volume.Id);
        });
        return JsonWriting.Map("metadata", after);
    }

    public async Task<Reply> Unset(ApiRequest request)
    {
        var body = await request.Body("os-unset_image_metadata", UnsetShape);
        await room.Parts.Database.Write(tx =>
        {
            var volume = VolumeAccess.Volume(tx, request, request[0]);
            if (tx.Execute($"DELETE FROM volume_image_metadata WHERE volume_id = {volume.Id} AND name = {body.GetText("key")}") == 0)
                throw Fault.NotFound($"Glance metadata for volume/snapshot {volume.Id} cannot be found.");
        });
        return Reply.Empty(200);
    }

    public Task<Reply> Show(ApiRequest request) => Task.FromResult(JsonWriting.Map("metadata", room.Parts.Database.Read(tx =>
        VolumeStore.Map(tx, Table, VolumeAccess.Volume(tx, request, request[0]).Id))));
}
