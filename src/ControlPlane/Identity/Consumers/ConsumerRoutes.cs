using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Identity.Consumers;

/// <summary>An OAuth 1 consumer as registered; its secret is shown when it is made and then kept sealed.</summary>
internal sealed record Consumer(string Id, string? Description, string Extra);

/// <summary>
/// /v3/OS-OAUTH1/consumers: the register of consumers. Request and access tokens of OAuth 1 are not offered: their URLs
/// answer 404, and no consumer can get a token.
/// </summary>
internal sealed class ConsumerRoutes(IdentityParts parts)
{
    private const string Select = "SELECT id, description, extra FROM identity_consumers";
    private static readonly string[] Defined = ["id", "description", "secret", "links"];
    private static readonly Shape Content = Shape.Object(
        Member.May("description", Shape.OrNull(Shape.Text(max: 65535)))).Open();

    private static Consumer Read(Row row) => new(row.Text(), row.TextOrNull(), row.Text());

    private static Consumer Need(Tx tx, string id) =>
        tx.Find(new Sql().Add(Sql.Raw(Select)).Add($" WHERE id = {id}"), Read) ?? throw IdentityFault.NotFound("consumer", id);

    private static void Write(Utf8JsonWriter json, ApiRequest request, Consumer consumer, string? secret = null)
    {
        json.WriteString("id", consumer.Id);
        json.WriteString("description", consumer.Description);
        if (secret is not null) json.WriteString("secret", secret);
        ExtraMembers.Write(json, consumer.Extra);
        IdentityJson.WriteSelf(json, request, $"OS-OAUTH1/consumers/{consumer.Id}");
    }

    public Task<Reply> List(ApiRequest request)
    {
        var found = parts.Database.Read(tx => tx.Query(Sql.Raw(Select + " ORDER BY id"), Read));
        return IdentityJson.List(request, "consumers", found, (json, c) => Write(json, request, c));
    }

    public Task<Reply> Show(ApiRequest request)
    {
        var consumer = parts.Database.Read(tx => Need(tx, request[0]));
        return IdentityJson.One(200, "consumer", json => Write(json, request, consumer));
    }

    public async Task<Reply> Create(ApiRequest request)
    {
        var body = await request.Body("consumer", Content);
        var consumer = new Consumer(IdentityId.New(), body.GetText("description"), ExtraMembers.Merge("{}", body, Defined));
        var secret = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        var kept = parts.Seal.SealBlob(Encoding.UTF8.GetBytes(secret));
        await parts.Changes.Write(tx => tx.Execute($"""
            INSERT INTO identity_consumers (id, description, secret, extra) VALUES ({consumer.Id}, {consumer.Description}, {kept}, {consumer.Extra})
            """));
        return IdentityJson.OneNow(201, "consumer", json => Write(json, request, consumer, secret));
    }

    public async Task<Reply> Update(ApiRequest request)
    {
        var body = await request.Body("consumer", Content);
        if (body.Has("secret")) throw Fault.BadRequest("Cannot change consumer secret");
        var consumer = await parts.Changes.Write(tx =>
        {
            var before = Need(tx, request[0]);
            var after = before with
            {
                Description = body.Has("description") ? body.GetText("description") : before.Description,
                Extra = ExtraMembers.Merge(before.Extra, body, Defined),
            };
            tx.Execute($"UPDATE identity_consumers SET description = {after.Description}, extra = {after.Extra} WHERE id = {after.Id}");
            return after;
        });
        return IdentityJson.OneNow(200, "consumer", json => Write(json, request, consumer));
    }

    public async Task<Reply> Delete(ApiRequest request)
    {
        await parts.Changes.Write(tx => tx.Execute($"DELETE FROM identity_consumers WHERE id = {Need(tx, request[0]).Id}"));
        return Reply.Empty();
    }
}
