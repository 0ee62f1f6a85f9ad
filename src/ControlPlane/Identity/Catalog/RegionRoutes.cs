using System.Text.Json;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Identity.Catalog;

internal sealed record Region(string Id, string? ParentId, string Description, string Extra);

/// <summary>/v3/regions: a tree of places, named by their ids.</summary>
internal sealed class RegionRoutes(IdentityParts parts)
{
    private const string Select = "SELECT g.id, g.parent_region_id, g.description, g.extra FROM identity_regions g";
    private static readonly string[] Defined = ["id", "parent_region_id", "description", "links"];
    private static readonly Shape Content = Shape.Object(
        Member.May("id", Shape.OrNull(Shape.Text(max: 255))),
        Member.May("description", Shape.OrNull(Shape.Text(max: 255))),
        Member.May("parent_region_id", Shape.OrNull(Shape.Text(max: 255)))).Open();

    private static readonly ListQuery Query = new()
    {
        Select = Select,
        From = "identity_regions g",
        Id = "g.id",
        MaxLimit = 0,
        Filters = TextFilters.On(("parent_region_id", "g.parent_region_id")),
        SortKeys = new Dictionary<string, string> { ["id"] = "g.id" },
        DefaultOrder = [("id", false)],
    };

    private static Region Read(Row row) => new(row.Text(), row.TextOrNull(), row.Text(), row.Text());

    internal static Region? Find(Tx tx, string id) => tx.Find(new Sql().Add(Sql.Raw(Select)).Add($" WHERE g.id = {id}"), Read);

    private static void Write(Utf8JsonWriter json, ApiRequest request, Region region)
    {
        json.WriteString("id", region.Id);
        json.WriteString("description", region.Description);
        json.WriteString("parent_region_id", region.ParentId);
        ExtraMembers.Write(json, region.Extra);
        IdentityJson.WriteSelf(json, request, $"regions/{Uri.EscapeDataString(region.Id)}");
    }

    public Task<Reply> List(ApiRequest request)
    {
        var page = parts.Database.Read(tx => Query.Run(tx, request, Sql.Raw("1 = 1"), Read));
        return IdentityJson.List(request, "regions", page.Items, (json, r) => Write(json, request, r), page.HasMore ? page.Items[^1].Id : null);
    }

    public Task<Reply> Show(ApiRequest request)
    {
        var region = parts.Database.Read(tx => Find(tx, request[0])) ?? throw IdentityFault.NotFound("region", request[0]);
        return IdentityJson.One(200, "region", json => Write(json, request, region));
    }

    public async Task<Reply> Create(ApiRequest request) => await Create(request, null);

    /// <summary>PUT /v3/regions/{id}: the id may stand in the path.</summary>
    public async Task<Reply> Put(ApiRequest request) => await Create(request, request[0]);

    private async Task<Reply> Create(ApiRequest request, string? idInPath)
    {
        var body = await request.Body("region", Content);
        var idInBody = body.GetText("id") is { Length: > 0 } given ? given : null;
        if (idInPath is not null && idInBody is not null && idInPath != idInBody)
            throw Fault.BadRequest("Conflicting region IDs specified: \"" + idInPath.Truncated() + "\" != \"" + idInBody.Truncated() + "\"");
        var region = new Region(idInPath ?? idInBody ?? IdentityId.New(), body.GetText("parent_region_id"),
            body.GetText("description") ?? "", ExtraMembers.Merge("{}", body, Defined));
        await parts.Changes.Write(tx =>
        {
            if (Find(tx, region.Id) is not null) throw IdentityFault.Duplicate("region", $"Duplicate ID, {region.Id}");
            CheckParent(tx, region);
            tx.Execute($"""
                INSERT INTO identity_regions (id, parent_region_id, description, extra)
                VALUES ({region.Id}, {region.ParentId}, {region.Description}, {region.Extra})
                """);
        });
        return IdentityJson.OneNow(201, "region", json => Write(json, request, region));
    }

    private static void CheckParent(Tx tx, Region region)
    {
        var above = region.ParentId;
        while (above is not null)
        {
            if (above == region.Id)
                throw Fault.BadRequest($"The specified parent region {region.ParentId} would create a circular region hierarchy.");
            above = (Find(tx, above) ?? throw IdentityFault.NotFound("region", above)).ParentId;
        }
    }

    public async Task<Reply> Update(ApiRequest request)
    {
        var body = await request.Body("region", Content);
        var region = await parts.Changes.Write(tx =>
        {
            var before = Find(tx, request[0]) ?? throw IdentityFault.NotFound("region", request[0]);
            var after = before with
            {
                Description = body.Has("description") ? body.GetText("description") ?? "" : before.Description,
                ParentId = body.Has("parent_region_id") ? body.GetText("parent_region_id") : before.ParentId,
                Extra = ExtraMembers.Merge(before.Extra, body, Defined),
            };
            CheckParent(tx, after);
            tx.Execute($"""
                UPDATE identity_regions SET parent_region_id = {after.ParentId}, description = {after.Description}, extra = {after.Extra}
                WHERE id = {after.Id}
                """);
            return after;
        });
        return IdentityJson.OneNow(200, "region", json => Write(json, request, region));
    }

    public async Task<Reply> Delete(ApiRequest request)
    {
        await parts.Changes.Write(tx =>
        {
            var region = Find(tx, request[0]) ?? throw IdentityFault.NotFound("region", request[0]);
            var family = WithBelow(tx, region.Id);
            if (tx.Exists($"SELECT 1 FROM identity_endpoints WHERE region_id IN {family}"))
                throw Fault.Forbidden($"Unable to delete region {region.Id} because it or its child regions have associated endpoints.");
            tx.Execute($"DELETE FROM identity_policy_associations WHERE region_id IN {family}");
            tx.Execute($"DELETE FROM identity_regions WHERE id IN {family}");
        });
        return Reply.Empty();
    }

    /// <summary>The region and all that stand below it.</summary>
    internal static List<string> WithBelow(Tx tx, string id)
    {
        var all = new List<string> { id };
        for (var i = 0; i < all.Count; i++)
            all.AddRange(tx.Query($"SELECT id FROM identity_regions WHERE parent_region_id = {all[i]}", row => row.Text()));
        return all;
    }
}
