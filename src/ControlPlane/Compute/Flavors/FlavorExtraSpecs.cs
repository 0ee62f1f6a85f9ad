using System.Text.Json;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Compute.Flavors;

/// <summary>Extra specs: key and value pairs by which a flavor asks for more than sizes.</summary>
internal sealed class FlavorExtraSpecs(Database database)
{
    // A number is kept as the text it was written as.
    private static readonly Shape Value = Shape.Either(Shape.Number, Shape.Text(0, 255));
    private static readonly Shape Many = Shape.Map(ComputeShapes.MetadataKey, Value);
    private static readonly Shape One = Shape.Map(ComputeShapes.MetadataKey, Value, max: 1);

    public Task<Reply> List(ApiRequest request)
    {
        var flavor = database.Read(tx => FlavorStore.Get(tx, request.Caller, request[0]));
        return Task.FromResult(Specs(flavor.ExtraSpecs));
    }

    public async Task<Reply> Create(ApiRequest request)
    {
        await request.Body("extra_specs", Many);
        var specs = (await request.Body()).GetMap("extra_specs");
        await database.Write(tx => FlavorStore.SetExtraSpecs(tx, FlavorStore.Get(tx, request.Caller, request[0]).Id, specs));
        return Specs(specs);
    }

    public Task<Reply> Show(ApiRequest request)
    {
        var flavor = database.Read(tx => FlavorStore.Get(tx, request.Caller, request[0]));
        return flavor.ExtraSpecs.TryGetValue(request[1], out var value)
            ? Task.FromResult(Single(request[1], value))
            : throw Missing(request);
    }

    public async Task<Reply> Update(ApiRequest request)
    {
        var body = await request.Body();
        One.Check(body, "body", request.Version);
        var key = request[1];
        if (!body.TryGetProperty(key, out var value)) throw Fault.BadRequest("Request body and URI mismatch");
        var text = value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
        await database.Write(tx => FlavorStore.SetExtraSpecs(
            tx, FlavorStore.Get(tx, request.Caller, request[0]).Id, new Dictionary<string, string> { [key] = text }));
        return Single(key, text);
    }

    public async Task<Reply> Delete(ApiRequest request)
    {
        await database.Write(tx =>
        {
            var flavor = FlavorStore.Get(tx, request.Caller, request[0]);
            if (tx.Execute($"DELETE FROM flavor_extra_specs WHERE flavor_id = {flavor.Id} AND name = {request[1]}") == 0)
                throw Missing(request);
        });
        return Reply.Empty(200);
    }

    private static Fault Missing(ApiRequest request) => Fault.NotFound(
        $"Flavor {request[0].Truncated()} has no extra specs with key {request[1].Truncated()}.");

    private static Reply Single(string key, string value) => Reply.Ok(json =>
    {
        json.WriteStartObject();
        json.WriteString(key, value);
        json.WriteEndObject();
    });

    private static Reply Specs(IReadOnlyDictionary<string, string> specs) => Reply.Ok(json =>
    {
        json.WriteStartObject();
        FlavorJson.WriteExtraSpecs(json, specs);
        json.WriteEndObject();
    });
}
