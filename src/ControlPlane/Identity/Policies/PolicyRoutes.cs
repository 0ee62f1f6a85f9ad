using System.Text.Json;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Identity.Policies;

/// <summary>A text somebody stores here for his own program; it has no effect on what this cloud allows.</summary>
internal sealed record StoredPolicy(string Id, string Type, string Blob, string Extra);

/// <summary>/v3/policies.</summary>
internal sealed class PolicyRoutes(IdentityParts parts)
{
    private const string Select = "SELECT id, type, blob, extra FROM identity_policies";
    private static readonly string[] Defined = ["id", "type", "blob", "links"];
    private static readonly Shape Blob = Shape.Either(Shape.Text(1, 65535), Shape.AnyObject);
    private static readonly Shape Creation = Shape.Object(Member.Must("blob", Blob), Member.Must("type", Shape.Text(1, 255))).Open();
    private static readonly Shape Change = Shape.Object(Member.May("blob", Blob), Member.May("type", Shape.Text(1, 255))).Open();

    private static StoredPolicy Read(Row row) => new(row.Text(), row.Text(), row.Text(), row.Text());

    internal static StoredPolicy Need(Tx tx, string id) =>
        tx.Find(new Sql().Add(Sql.Raw(Select)).Add($" WHERE id = {id}"), Read) ?? throw IdentityFault.NotFound("policy", id);

    internal static void Write(Utf8JsonWriter json, ApiRequest request, StoredPolicy policy)
    {
        json.WriteString("id", policy.Id);
        json.WriteString("type", policy.Type);
        // The blob is kept as the JSON it was: a text or an object.
        json.WritePropertyName("blob");
        json.WriteRawValue(policy.Blob);
        ExtraMembers.Write(json, policy.Extra);
        IdentityJson.WriteSelf(json, request, $"policies/{policy.Id}");
    }

    public Task<Reply> List(ApiRequest request)
    {
        var type = request.Query["type"].ToString();
        var found = parts.Database.Read(tx => tx.Query(Sql.Raw(Select + " ORDER BY id"), Read));
        if (type.Length > 0) found.RemoveAll(p => p.Type != type);
        return IdentityJson.List(request, "policies", found, (json, p) => Write(json, request, p));
    }

    public Task<Reply> Show(ApiRequest request)
    {
        var policy = parts.Database.Read(tx => Need(tx, request[0]));
        return IdentityJson.One(200, "policy", json => Write(json, request, policy));
    }

    public async Task<Reply> Create(ApiRequest request)
    {
        var body = await request.Body("policy", Creation);
        var policy = new StoredPolicy(IdentityId.New(), body.GetText("type")!, body.GetProperty("blob").GetRawText(), ExtraMembers.Merge("{}", body, Defined));
        await parts.Changes.Write(tx => tx.Execute(
            $"INSERT INTO identity_policies (id, type, blob, extra) VALUES ({policy.Id}, {policy.Type}, {policy.Blob}, {policy.Extra})"));
        return IdentityJson.OneNow(201, "policy", json => Write(json, request, policy));
    }

    public async Task<Reply> Update(ApiRequest request)
    {
        var body = await request.Body("policy", Change);
        var policy = await parts.Changes.Write(tx =>
        {
            var before = Need(tx, request[0]);
            var after = before with
            {
                Type = body.GetText("type") ?? before.Type,
                Blob = body.Get("blob")?.GetRawText() ?? before.Blob,
                Extra = ExtraMembers.Merge(before.Extra, body, Defined),
            };
            tx.Execute($"UPDATE identity_policies SET type = {after.Type}, blob = {after.Blob}, extra = {after.Extra} WHERE id = {after.Id}");
            return after;
        });
        return IdentityJson.OneNow(200, "policy", json => Write(json, request, policy));
    }

    public async Task<Reply> Delete(ApiRequest request)
    {
        await parts.Changes.Write(tx =>
        {
            var policy = Need(tx, request[0]);
            tx.Execute($"DELETE FROM identity_policy_associations WHERE policy_id = {policy.Id}");
            tx.Execute($"DELETE FROM identity_policies WHERE id = {policy.Id}");
        });
        return Reply.Empty();
    }
}
