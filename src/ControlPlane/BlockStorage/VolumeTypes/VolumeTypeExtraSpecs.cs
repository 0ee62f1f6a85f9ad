using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.BlockStorage.VolumeTypes;

/// <summary>types/{id}/extra_specs and types/{id}/extra_specs/{key}. A type that volumes have does not change.</summary>
internal sealed class VolumeTypeExtraSpecs(BlockStorageRoom room)
{
    private static readonly Shape Specs = Shape.Map(@"^[a-zA-Z0-9-_:.]{1,255}$", BodyShapes.NameOrNull);

    public Task<Reply> List(ApiRequest request) => Task.FromResult(JsonWriting.Map("extra_specs", Read(request)));

    public Task<Reply> Show(ApiRequest request)
    {
        var value = Read(request).Where(s => s.Key == request[1]).Select(s => s.Value).FirstOrDefault() ?? throw Missing(request);
        return Task.FromResult(Pair(request[1], value));
    }

    private IEnumerable<KeyValuePair<string, string>> Read(ApiRequest request) => room.Parts.Database.Read(tx =>
        VolumeTypeJson.Visible(request, VolumeTypeStore.ExtraSpecs(tx, ReadVolumeTypes.Require(tx, request, request[0]).Id)).ToList());

    public async Task<Reply> Create(ApiRequest request)
    {
        var body = await request.Body("extra_specs", Specs);
        var given = body.EnumerateObject().ToDictionary(p => p.Name, p => p.Value.GetString() ?? "", StringComparer.Ordinal);
        await Write(request, given);
        return JsonWriting.Map("extra_specs", given);
    }

    public async Task<Reply> Update(ApiRequest request)
    {
        var body = await request.Body();
        Specs.Check(body, "extra_specs", request.Version);
        if (body.GetPropertyCount() != 1) throw Fault.BadRequest("Request body contains too many items");
        var pair = body.EnumerateObject().First();
        if (pair.Name != request[1]) throw Fault.BadRequest("Request body and URI mismatch");
        var value = pair.Value.GetString() ?? "";
        await Write(request, new Dictionary<string, string> { [pair.Name] = value });
        return Pair(request[1], value);
    }

    public async Task<Reply> Delete(ApiRequest request)
    {
        await room.Parts.Database.Write(tx =>
        {
            var type = RequireFree(tx, request);
            if (tx.Execute($"DELETE FROM volume_type_extra_specs WHERE volume_type_id = {type.Id} AND name = {request[1]}") == 0) throw Missing(request);
        });
        return Reply.Empty(202);
    }

    private Task Write(ApiRequest request, Dictionary<string, string> specs) => room.Parts.Database.Write(tx =>
    {
        var type = RequireFree(tx, request);
        foreach (var (name, value) in specs) VolumeTypeStore.SetSpec(tx, type.Id, name, value);
    });

    private static VolumeTypeRecord RequireFree(Tx tx, ApiRequest request)
    {
        var type = ReadVolumeTypes.Require(tx, request, request[0]);
        return VolumeTypeStore.InUse(tx, type.Id) ? throw Fault.BadRequest("Volume Type is currently in use.") : type;
    }

    private static Fault Missing(ApiRequest request) =>
        Fault.NotFound($"Volume Type {request[0]} has no extra specs with key {request[1].Truncated()}.");

    private static Reply Pair(string name, string value) => Reply.Ok(json =>
    {
        json.WriteStartObject();
        json.WriteString(name, value);
        json.WriteEndObject();
    });
}
