using System.Text.Json;
using System.Text.RegularExpressions;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Identity.Catalog;

internal sealed record Endpoint(string Id, string ServiceId, string? RegionId, string Interface, string Url, bool Enabled, string Extra);

/// <summary>/v3/endpoints.</summary>
internal sealed partial class EndpointRoutes(IdentityParts parts)
{
    internal const string Select = "SELECT e.id, e.service_id, e.region_id, e.interface, e.url, e.enabled, e.extra FROM identity_endpoints e";
    private static readonly string[] Defined = ["id", "service_id", "region_id", "region", "interface", "url", "enabled", "links"];
    private static readonly Shape Interface = Shape.OneOf("public", "internal", "admin");
    private static readonly Shape Url = Shape.Text(1, 225, "^[a-zA-Z0-9+.-]+:.+", "it must be an absolute URL");
    private static readonly Member[] Both =
    [
        Member.May("region_id", Shape.OrNull(Shape.Text(max: 255))),
        Member.May("region", Shape.OrNull(Shape.Text(max: 255))),
        Member.May("name", Shape.Text(max: 255)),
        Member.May("description", Shape.OrNull(Shape.Text(max: 65535))),
        Member.May("enabled", Shape.StrictFlag),
    ];

    private static readonly Shape Creation = Shape.Object(
        [Member.Must("service_id", Shape.Text(1, 64)), Member.Must("interface", Interface), Member.Must("url", Url), .. Both]).Open();
    private static readonly Shape Change = Shape.Object(
        [Member.May("service_id", Shape.Text(1, 64)), Member.May("interface", Interface), Member.May("url", Url), .. Both]).Open();

    private static readonly ListQuery Query = new()
    {
        Select = Select,
        From = "identity_endpoints e",
        Id = "e.id",
        MaxLimit = 0,
        Filters = TextFilters.On(("interface", "e.interface"), ("service_id", "e.service_id"), ("region_id", "e.region_id"), ("region", "e.region_id")),
        SortKeys = new Dictionary<string, string> { ["service_id"] = "e.service_id", ["interface"] = "e.interface" },
        DefaultOrder = [("service_id", false), ("interface", false)],
    };

    internal static Endpoint Read(Row row) =>
        new(row.Text(), row.Text(), row.TextOrNull(), row.Text(), row.Text(), row.Flag(), row.Text());

    internal static Endpoint? Find(Tx tx, string id) => tx.Find(new Sql().Add(Sql.Raw(Select)).Add($" WHERE e.id = {id}"), Read);

    internal static void Write(Utf8JsonWriter json, ApiRequest request, Endpoint endpoint)
    {
        json.WriteString("id", endpoint.Id);
        json.WriteString("interface", endpoint.Interface);
        json.WriteString("region_id", endpoint.RegionId);
        json.WriteString("region", endpoint.RegionId);
        json.WriteString("service_id", endpoint.ServiceId);
        json.WriteString("url", CatalogUrl.Absolute(endpoint.Url, CatalogUrl.CloudUrl(request)));
        json.WriteBoolean("enabled", endpoint.Enabled);
        ExtraMembers.Write(json, endpoint.Extra);
        IdentityJson.WriteSelf(json, request, $"endpoints/{endpoint.Id}");
    }

    public Task<Reply> List(ApiRequest request)
    {
        var page = parts.Database.Read(tx => Query.Run(tx, request, Sql.Raw("1 = 1"), Read));
        return IdentityJson.List(request, "endpoints", page.Items, (json, e) => Write(json, request, e), page.HasMore ? page.Items[^1].Id : null);
    }

    public Task<Reply> Show(ApiRequest request)
    {
        var endpoint = parts.Database.Read(tx => Find(tx, request[0])) ?? throw IdentityFault.NotFound("endpoint", request[0]);
        return IdentityJson.One(200, "endpoint", json => Write(json, request, endpoint));
    }

    public async Task<Reply> Create(ApiRequest request)
    {
        var body = await request.Body("endpoint", Creation);
        var endpoint = new Endpoint(IdentityId.New(), body.GetText("service_id")!, body.GetText("region_id") ?? body.GetText("region"),
            body.GetText("interface")!, body.GetText("url")!, body.GetFlag("enabled") ?? true, ExtraMembers.Merge("{}", body, Defined));
        CheckUrl(endpoint.Url);
        await parts.Changes.Write(tx =>
        {
            CheckPlace(tx, endpoint, body);
            tx.Execute($"""
                INSERT INTO identity_endpoints (id, service_id, region_id, interface, url, enabled, extra)
                VALUES ({endpoint.Id}, {endpoint.ServiceId}, {endpoint.RegionId}, {endpoint.Interface}, {endpoint.Url}, {endpoint.Enabled}, {endpoint.Extra})
                """);
        });
        return IdentityJson.OneNow(201, "endpoint", json => Write(json, request, endpoint));
    }

    // Only what a token can fill in may stand as a hole: a URL template is no way to look inside.
    private static void CheckUrl(string url)
    {
        foreach (Match hole in Hole().Matches(url))
            if (hole.Groups["name"].Value is not ("project_id" or "tenant_id" or "user_id"))
                throw Fault.BadRequest($"Cannot create an endpoint with an invalid URL: {url.Truncated()}.");
    }

    private static void CheckPlace(Tx tx, Endpoint endpoint, JsonElement body)
    {
        if (ServiceRoutes.Find(tx, endpoint.ServiceId) is null)
            throw Fault.BadRequest($"Could not find service: {endpoint.ServiceId.Truncated()}.");
        if (endpoint.RegionId is not { } region || RegionRoutes.Find(tx, region) is not null) return;
        // The older member makes the region it names; the newer one must name one that is there.
        if (body.GetText("region_id") is not null) throw Fault.BadRequest($"Could not find region: {region.Truncated()}.");
        tx.Execute($"INSERT INTO identity_regions (id, parent_region_id, description, extra) VALUES ({region}, {(string?)null}, {""}, {"{}"})");
    }

    public async Task<Reply> Update(ApiRequest request)
    {
        var body = await request.Body("endpoint", Change);
        if (body.GetText("url") is { } url) CheckUrl(url);
        var endpoint = await parts.Changes.Write(tx =>
        {
            var before = Find(tx, request[0]) ?? throw IdentityFault.NotFound("endpoint", request[0]);
            var after = before with
            {
                ServiceId = body.GetText("service_id") ?? before.ServiceId,
                RegionId = body.Has("region_id") ? body.GetText("region_id") : body.GetText("region") ?? before.RegionId,
                Interface = body.GetText("interface") ?? before.Interface,
                Url = body.GetText("url") ?? before.Url,
                Enabled = body.GetFlag("enabled") ?? before.Enabled,
                Extra = ExtraMembers.Merge(before.Extra, body, Defined),
            };
            CheckPlace(tx, after, body);
            tx.Execute($"""
                UPDATE identity_endpoints SET service_id = {after.ServiceId}, region_id = {after.RegionId}, interface = {after.Interface},
                  url = {after.Url}, enabled = {after.Enabled}, extra = {after.Extra} WHERE id = {after.Id}
                """);
            return after;
        });
        return IdentityJson.OneNow(200, "endpoint", json => Write(json, request, endpoint));
    }

    public async Task<Reply> Delete(ApiRequest request)
    {
        await parts.Changes.Write(tx =>
        {
            if (Find(tx, request[0]) is null) throw IdentityFault.NotFound("endpoint", request[0]);
            Delete(tx, request[0]);
        });
        return Reply.Empty();
    }

    internal static void Delete(Tx tx, string id)
    {
        tx.Execute($"DELETE FROM identity_project_endpoints WHERE endpoint_id = {id}");
        tx.Execute($"DELETE FROM identity_policy_associations WHERE endpoint_id = {id}");
        tx.Execute($"DELETE FROM identity_endpoints WHERE id = {id}");
    }

    [GeneratedRegex(@"[$%]\((?<name>[^)]*)\)s?|\{")]
    private static partial Regex Hole();
}
