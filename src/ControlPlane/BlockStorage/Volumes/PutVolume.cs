using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.BlockStorage.Volumes;

/// <summary>PUT volumes/{id}: name, description and, replaced as a whole, the metadata.</summary>
internal sealed class PutVolume(BlockStorageRoom room)
{
    private static readonly ObjectShape Shape = Api.Shape.Object(
        Member.May("name", BodyShapes.NameOrNull),
        Member.May("description", BodyShapes.DescriptionOrNull),
        Member.May("display_name", BodyShapes.NameOrNull),
        Member.May("display_description", BodyShapes.DescriptionOrNull),
        Member.May("metadata", BodyShapes.Pairs));

    public async Task<Reply> Handle(ApiRequest request)
    {
        var body = await request.Body("volume", Shape);
        if (request.At(3, 53) && body.GetPropertyCount() == 0)
            throw Fault.BadRequest("Invalid input for field/attribute volume. Value: {}. One of name, description, display_name, display_description, metadata is required");
        var details = await room.Parts.Database.Write(tx =>
        {
            var volume = VolumeAccess.Volume(tx, request, request[0]);
            var name = body.Has("name") ? body.GetText("name")?.Trim() : body.Has("display_name") ? body.GetText("display_name")?.Trim() : volume.Name;
            var description = body.Has("description") ? body.GetText("description")?.Trim()
                : body.Has("display_description") ? body.GetText("display_description")?.Trim() : volume.Description;
            tx.Execute($"UPDATE volumes SET name = {name}, description = {description}, updated_at = {room.Parts.Time.GetUtcNow()} WHERE id = {volume.Id}");
            if (body.Has("metadata"))
            {
                tx.Execute($"DELETE FROM volume_metadata WHERE volume_id = {volume.Id}");
                VolumeStore.SetMap(tx, "volume_metadata", volume.Id, body.GetMap("metadata"));
            }
            return VolumeDetails.Of(tx, VolumeStore.Find(tx, volume.Id)!);
        });
        return JsonWriting.Wrapped("volume", json => VolumeJson.WriteDetail(json, request, details, extended: false));
    }
}
