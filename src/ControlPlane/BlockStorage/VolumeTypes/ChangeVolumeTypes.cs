using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.BlockStorage.VolumeTypes;

/// <summary>POST types, PUT and DELETE types/{id}.</summary>
internal sealed class ChangeVolumeTypes(BlockStorageRoom room)
{
    private static readonly ObjectShape CreateShape = Shape.Object(
        Member.Must("name", Shape.Name()),
        Member.May("description", BodyShapes.DescriptionOrNull),
        Member.May("extra_specs", Shape.Map(@"^[a-zA-Z0-9-_:. /]{1,255}$", BodyShapes.NameOrNull)),
        Member.May("os-volume-type-access:is_public", Shape.Flag));

    private static readonly ObjectShape UpdateShape = Shape.Object(
        Member.May("name", Shape.OrNull(Shape.Text(1, 255))),
        Member.May("description", BodyShapes.DescriptionOrNull),
        Member.May("is_public", Shape.Flag));

    public async Task<Reply> Create(ApiRequest request)
    {
        var body = await request.Body("volume_type", CreateShape);
        var type = new VolumeTypeRecord(Guid.NewGuid().ToString(), body.GetText("name")!.Trim(), body.GetText("description"),
            body.GetFlag("os-volume-type-access:is_public") ?? true, null, room.Parts.Time.GetUtcNow(), null);
        var specs = body.GetMap("extra_specs");
        await room.Parts.Database.Write(tx =>
        {
            RequireFreeName(tx, type.Name, type.Id);
            VolumeTypeStore.Insert(tx, type);
            foreach (var (name, value) in specs) VolumeTypeStore.SetSpec(tx, type.Id, name, value);
        });
        return JsonWriting.Wrapped("volume_type", json => VolumeTypeJson.WriteChanged(json, request, type, specs, created: true));
    }

    public async Task<Reply> Update(ApiRequest request)
    {
        var body = await request.Body("volume_type", UpdateShape);
        var name = body.GetText("name")?.Trim();
        if (name is { Length: 0 }) throw Fault.BadRequest("Volume type name can not be empty.");
        if (name is null && body.GetText("description") is null && body.GetFlag("is_public") is null)
            throw Fault.BadRequest("Specify volume type name, description, is_public or a combination thereof.");
        var (type, specs) = await room.Parts.Database.Write(tx =>
        {
            var old = ReadVolumeTypes.Require(tx, request, request[0]);
            if (name is not null && name != old.Name)
            {
                if (old.Name == VolumeTypeStore.DefaultName)
                    throw Fault.BadRequest($"The volume type {old.Id} is the cloud's default volume type and cannot be renamed.");
                RequireFreeName(tx, name, old.Id);
            }
            tx.Execute($"""
                UPDATE volume_types SET name = {name ?? old.Name}, description = {body.GetText("description") ?? old.Description},
                    is_public = {body.GetFlag("is_public") ?? old.IsPublic}, updated_at = {room.Parts.Time.GetUtcNow()} WHERE id = {old.Id}
                """);
            return (VolumeTypeStore.Find(tx, old.Id)!, VolumeTypeStore.ExtraSpecs(tx, old.Id));
        });
        return JsonWriting.Wrapped("volume_type", json => VolumeTypeJson.WriteChanged(json, request, type, specs, created: false));
    }

    private static void RequireFreeName(Tx tx, string name, string id)
    {
        if (tx.Exists($"SELECT 1 FROM volume_types WHERE name = {name} AND id <> {id}"))
            throw Fault.Conflict($"Volume Type {name.Truncated()} already exists.");
    }

    public async Task<Reply> Delete(ApiRequest request)
    {
        await room.Parts.Database.Write(tx =>
        {
            var type = ReadVolumeTypes.Require(tx, request, request[0]);
            if (type.Name == VolumeTypeStore.DefaultName || tx.Exists($"SELECT 1 FROM default_volume_types WHERE volume_type_id = {type.Id}"))
                throw Fault.BadRequest($"The volume type {type.Id} is a default volume type and cannot be deleted.");
            if (VolumeTypeStore.InUse(tx, type.Id) || tx.Exists($"SELECT 1 FROM volume_group_volume_types WHERE volume_type_id = {type.Id}"))
                throw Fault.BadRequest("Target volume type is still in use.");
            VolumeTypeStore.Delete(tx, type.Id);
        });
        return Reply.Empty(202);
    }
}
