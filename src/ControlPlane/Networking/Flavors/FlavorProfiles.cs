using System.Text.Json;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Networking.Flavors;

/// <summary>Which profiles a flavor has.</summary>
internal sealed class FlavorProfiles(Database database)
{
    public async Task<Reply> Add(ApiRequest request)
    {
        var body = await request.Body();
        var profile = body.Get("service_profile")?.Get("id") is { ValueKind: JsonValueKind.String } id
            ? id.GetString()!
            : throw NetworkFault.BadRequest("Failed to parse request. Required attribute 'id' of 'service_profile' not specified");
        await database.Write(tx =>
        {
            RequireFlavor(tx, request);
            if (ServiceProfileResource.Declared.Find(tx, request.Caller, profile) is null) throw ServiceProfileResource.NotFound(profile);
            if (tx.Exists($"SELECT 1 FROM network_flavor_profiles WHERE flavor_id = {request[0]} AND profile_id = {profile}"))
                throw Fault.Conflict($"Service Profile {profile} is already associated with flavor {request[0]}.", "FlavorServiceProfileBindingExists");
            tx.Execute($"INSERT INTO network_flavor_profiles (flavor_id, profile_id) VALUES ({request[0]}, {profile})");
        });
        return Reply.Json(201, json =>
        {
            json.WriteStartObject();
            json.WriteStartObject("service_profile");
            json.WriteString("id", profile);
            json.WriteEndObject();
            json.WriteEndObject();
        });
    }

    public async Task<Reply> Remove(ApiRequest request)
    {
        await database.Write(tx =>
        {
            RequireFlavor(tx, request);
            if (tx.Execute($"DELETE FROM network_flavor_profiles WHERE flavor_id = {request[0]} AND profile_id = {request[1]}") == 0)
                throw Fault.NotFound($"Service Profile {request[1]} is not associated with flavor {request[0]}.", "FlavorServiceProfileBindingNotFound");
        });
        return Reply.Empty();
    }

    private static void RequireFlavor(Tx tx, ApiRequest request)
    {
        if (FlavorResource.Declared.Find(tx, request.Caller, request[0]) is null) throw FlavorResource.NotFound(request[0]);
    }
}
