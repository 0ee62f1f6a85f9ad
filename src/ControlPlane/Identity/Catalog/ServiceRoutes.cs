using System.Text.Json;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Identity.Catalog;

/// <summary>A service; name and description are among its free members, as in the API.</summary>
internal sealed record Service(string Id, string Type, bool Enabled, string Extra);

/// <summary>/v3/services.</summary>
internal sealed class ServiceRoutes(IdentityParts parts)
{
    private const string Select = "SELECT s.id, s.type, s.enabled, s.extra FROM identity_services s";
    private static readonly string[] Defined = ["id", "type", "enabled", "links"];
    private static readonly Member[] Both =
    [
        Member.May("name", Shape.Text(max: 255)),
        Member.May("description", Shape.OrNull(Shape.Text(max: 65535))),
        Member.May("enabled", Shape.StrictFlag),
    ];

    private static readonly Shape Creation = Shape.Object([Member.Must("type", Shape.Text(1, 255)), .. Both]).Open();
    private static readonly Shape Change = Shape.Object([Member.May("type", Shape.Text(1, 255)), .. Both]).Open();

    private static Service Read(Row row) => new(row.Text(), row.Text(), row.Flag(), row.Text());

    internal static Service? Find(Tx tx, string id) => tx.Find(new Sql().Add(Sql.Raw(Select)).Add($" WHERE s.id = {id}"), Read);

    private static void Write(Utf8JsonWriter json, ApiRequest request, Service service)
    {
        json.WriteString("id", service.Id);
        json.WriteString("type", service.Type);
        json.WriteBoolean("enabled", service.Enabled);
        ExtraMembers.Write(json, service.Extra);
        IdentityJson.WriteSelf(json, request, $"services/{service.Id}");
    }

    public Task<Reply> List(ApiRequest request)
    {
        // The name is a free member, so it is not the database that compares it.
        var services = parts.Database.Read(tx => tx.Query(Sql.Raw(Select + " ORDER BY s.type, s.id"), Read)).AsEnumerable();
        if (request.Query["type"].ToString() is { Length: > 0 } type) services = services.Where(s => s.Type == type);
        if (request.Query["name"].ToString() is { Length: > 0 } name) services = services.Where(s => ExtraMembers.Text(s.Extra, "name") == name);
        return IdentityJson.List(request, "services", [.. services], (json, s) => Write(json, request, s));
    }

    public Task<Reply> Show(ApiRequest request)
    {
        var service = parts.Database.Read(tx => Find(tx, request[0])) ?? throw IdentityFault.NotFound("service", request[0]);
        return IdentityJson.One(200, "service", json => Write(json, request, service));
    }

    public async Task<Reply> Create(ApiRequest request)
    {
        var body = await request.Body("service", Creation);
        var extra = ExtraMembers.Merge("""{"name": ""}""", body, Defined);
        var service = new Service(IdentityId.New(), body.GetText("type")!, body.GetFlag("enabled") ?? true, extra);
        await parts.Changes.Write(tx => tx.Execute($"""
            INSERT INTO identity_services (id, type, enabled, extra) VALUES ({service.Id}, {service.Type}, {service.Enabled}, {service.Extra})
            """));
        return IdentityJson.OneNow(201, "service", json => Write(json, request, service));
    }

    public async Task<Reply> Update(ApiRequest request)
    {
        var body = await request.Body("service", Change);
        var service = await parts.Changes.Write(tx =>
        {
            var before = Find(tx, request[0]) ?? throw IdentityFault.NotFound("service", request[0]);
            var after = before with
            {
                Type = body.GetText("type") ?? before.Type,
                Enabled = body.GetFlag("enabled") ?? before.Enabled,
                Extra = ExtraMembers.Merge(before.Extra, body, Defined),
            };
            tx.Execute($"UPDATE identity_services SET type = {after.Type}, enabled = {after.Enabled}, extra = {after.Extra} WHERE id = {after.Id}");
            return after;
        });
        return IdentityJson.OneNow(200, "service", json => Write(json, request, service));
    }

    public async Task<Reply> Delete(ApiRequest request)
    {
        await parts.Changes.Write(tx =>
        {
            if (Find(tx, request[0]) is null) throw IdentityFault.NotFound("service", request[0]);
            foreach (var endpoint in tx.Query($"SELECT id FROM identity_endpoints WHERE service_id = {request[0]}", row => row.Text()))
                EndpointRoutes.Delete(tx, endpoint);
            tx.Execute($"DELETE FROM identity_policy_associations WHERE service_id = {request[0]}");
            // Its limits stay: whoever made them removes them. Rule: Keystone's tables bind them to no service.
            tx.Execute($"DELETE FROM identity_services WHERE id = {request[0]}");
        });
        return Reply.Empty();
    }
}
