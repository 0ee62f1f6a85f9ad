using System.Text.Json;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.BlockStorage.VolumeTypes;

/// <summary>default-types, from 3.62: the type that a project's volumes get that name none.</summary>
internal sealed class DefaultTypes(BlockStorageRoom room)
{
    private static readonly ObjectShape Shape = Api.Shape.Object(Member.Must("volume_type", Api.Shape.Text(1, 255)));

    public Task<Reply> List(ApiRequest request)
    {
        var all = room.Parts.Database.Read(tx => tx.Query(
            $"SELECT project_id, volume_type_id FROM default_volume_types ORDER BY project_id", row => (row.Text(), row.Text())));
        return Task.FromResult(JsonWriting.Wrapped("default_types", json =>
        {
            json.WriteStartArray();
            foreach (var (project, type) in all) Write(json, project, type);
            json.WriteEndArray();
        }));
    }

    public Task<Reply> Show(ApiRequest request)
    {
        var type = room.Parts.Database.Read(tx => tx.Find(
            $"SELECT volume_type_id FROM default_volume_types WHERE project_id = {request[0]}", row => row.Text()))
            ?? throw Fault.NotFound($"Default type for project {request[0].Truncated()} not found.");
        return Task.FromResult(JsonWriting.Wrapped("default_type", json => Write(json, request[0], type)));
    }

    public async Task<Reply> Set(ApiRequest request)
    {
        var body = await request.Body("default_type", Shape);
        var name = body.GetText("volume_type")!;
        var type = await room.Parts.Database.Write(tx =>
        {
            if (!room.Identity.ProjectExists(tx, request[0]))
                throw Fault.NotFound($"Project {request[0].Truncated()} could not be found.");
            var found = VolumeTypeStore.FindFor(tx, name, request[0]) ?? throw BlockStorageFault.NoType(name);
            tx.Execute($"""
                INSERT INTO default_volume_types (project_id, volume_type_id) VALUES ({request[0]}, {found.Id})
                ON CONFLICT (project_id) DO UPDATE SET volume_type_id = excluded.volume_type_id
                """);
            return found.Id;
        });
        return JsonWriting.Wrapped("default_type", json => Write(json, request[0], type));
    }

    public async Task<Reply> Unset(ApiRequest request)
    {
        await room.Parts.Database.Write(tx => tx.Execute($"DELETE FROM default_volume_types WHERE project_id = {request[0]}"));
        return Reply.Empty(204);
    }

    private static void Write(Utf8JsonWriter json, string project, string type)
    {
        json.WriteStartObject();
        json.WriteString("project_id", project);
        json.WriteString("volume_type_id", type);
        json.WriteEndObject();
    }
}
