using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.BlockStorage.VolumeTypes;

/// <summary>Which projects may use a private type: types/{id}/os-volume-type-access and the actions that change it.</summary>
internal sealed class VolumeTypeAccess(BlockStorageRoom room)
{
    private static readonly ObjectShape Shape = Api.Shape.Object(Member.Must("project", Api.Shape.Text(1, 255)));

    public Task<Reply> List(ApiRequest request)
    {
        var (type, projects) = room.Parts.Database.Read(tx =>
        {
            var found = ReadVolumeTypes.Require(tx, request, request[0]);
            if (found.IsPublic) throw Fault.NotFound("Access list not available for public volume types.");
            return (found, tx.Query($"SELECT project_id FROM volume_type_access WHERE volume_type_id = {found.Id} ORDER BY project_id", row => row.Text()));
        });
        return Task.FromResult(JsonWriting.Wrapped("volume_type_access", json =>
        {
            json.WriteStartArray();
            foreach (var project in projects)
            {
                json.WriteStartObject();
                json.WriteString("volume_type_id", type.Id);
                json.WriteString("project_id", project);
                json.WriteEndObject();
            }
            json.WriteEndArray();
        }));
    }

    public Task<Reply> Add(ApiRequest request) => Change(request, "addProjectAccess", (tx, type, project) =>
    {
        if (type.IsPublic) throw Fault.BadRequest($"Type access modification is not applicable to public volume type.");
        if (tx.Execute($"INSERT INTO volume_type_access (volume_type_id, project_id) VALUES ({type.Id}, {project}) ON CONFLICT DO NOTHING") == 0)
            throw Fault.Conflict($"Volume type access for {type.Id} / {project.Truncated()} combination already exists.");
    });

    public Task<Reply> Remove(ApiRequest request) => Change(request, "removeProjectAccess", (tx, type, project) =>
    {
        if (type.IsPublic) throw Fault.BadRequest($"Type access modification is not applicable to public volume type.");
        if (tx.Execute($"DELETE FROM volume_type_access WHERE volume_type_id = {type.Id} AND project_id = {project}") == 0)
            throw Fault.NotFound($"Volume type access not found for {type.Id} / {project.Truncated()} combination.");
    });

    private async Task<Reply> Change(ApiRequest request, string key, Action<Tx, VolumeTypeRecord, string> change)
    {
        var body = await request.Body(key, Shape);
        await room.Parts.Database.Write(tx => change(tx, ReadVolumeTypes.Require(tx, request, request[0]), body.GetText("project")!));
        return Reply.Empty(202);
    }
}
