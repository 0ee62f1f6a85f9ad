using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Identity;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Compute.Flavors;

/// <summary>Which projects may use a private flavor.</summary>
internal sealed class FlavorAccess(Database database, IdentityRoom identity)
{
    private static readonly Shape Tenant = Shape.Object(Member.Must("tenant", Shape.Text(1, 255)));

    public Task<Reply> List(ApiRequest request)
    {
        var projects = database.Read(tx =>
        {
            var flavor = FlavorStore.Get(tx, request.Caller, request[0]);
            if (flavor.IsPublic) throw Fault.NotFound("Access list not available for public flavors.");
            return FlavorStore.AccessOf(tx, flavor.Id);
        });
        return Task.FromResult(Answer(request[0], projects));
    }

    public async Task<Reply> Add(ApiRequest request)
    {
        var project = (await request.Body("addTenantAccess", Tenant)).GetText("tenant")!;
        return Answer(request[0], await database.Write(tx =>
        {
            if (!identity.ProjectExists(tx, project))
                throw Fault.BadRequest($"Project ID {project.Truncated()} is not a valid project.");
            var flavor = FlavorStore.Get(tx, request.Caller, request[0]);
            if (flavor.IsPublic && request.At(2, 7)) throw Fault.Conflict("Can not add access to a public flavor.");
            if (tx.Exists($"SELECT 1 FROM flavor_access WHERE flavor_id = {flavor.Id} AND project_id = {project}"))
                throw Fault.Conflict($"Flavor access already exists for flavor {flavor.Id} and project {project} combination.");
            tx.Execute($"INSERT INTO flavor_access (flavor_id, project_id) VALUES ({flavor.Id}, {project})");
            return FlavorStore.AccessOf(tx, flavor.Id);
        }));
    }

    public async Task<Reply> Remove(ApiRequest request)
    {
        // The project need not exist any more: its access can be taken away all the same.
        var project = (await request.Body("removeTenantAccess", Tenant)).GetText("tenant")!;
        return Answer(request[0], await database.Write(tx =>
        {
            var flavor = FlavorStore.Get(tx, request.Caller, request[0]);
            if (tx.Execute($"DELETE FROM flavor_access WHERE flavor_id = {flavor.Id} AND project_id = {project}") == 0)
                throw Fault.NotFound($"Flavor access not found for {flavor.Id} / {project.Truncated()} combination.");
            return FlavorStore.AccessOf(tx, flavor.Id);
        }));
    }

    private static Reply Answer(string flavorId, List<string> projects) => Reply.Ok(json =>
    {
        json.WriteStartObject();
        json.WriteStartArray("flavor_access");
        foreach (var project in projects)
        {
            json.WriteStartObject();
            json.WriteString("flavor_id", flavorId);
            json.WriteString("tenant_id", project);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    });
}
