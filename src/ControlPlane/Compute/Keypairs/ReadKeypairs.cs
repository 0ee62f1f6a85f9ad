using System.Text.Json;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Compute.Keypairs;

/// <summary>Key pairs listed, shown, removed.</summary>
internal sealed class ReadKeypairs(Database database)
{
    private static readonly ListQuery Query = new()
    {
        Select = $"SELECT {KeypairStore.Columns} FROM keypairs k",
        From = "keypairs k",
        Id = "k.name",
        Filters = new Dictionary<string, Filter>(),
        SortKeys = new Dictionary<string, string> { ["name"] = "k.name" },
        DefaultOrder = [("name", false)],
        MarkerNotFound = marker => Fault.BadRequest($"Marker {marker.Truncated()} could not be found."),
    };

    public Task<Reply> List(ApiRequest request)
    {
        var user = KeypairRoutes.AuthorizedUser(request, request.Query["user_id"]);
        QueryRules.Check(request, "user_id", "limit", "marker");
        var paged = request.At(2, 35);
        var page = database.Read(tx => paged
            ? Query.Run(tx, request, new Sql().Add($"k.user_id = {user}"), KeypairStore.Read)
            : new Page<KeypairRecord>(tx.Query(new Sql().Add(Sql.Raw($"SELECT {KeypairStore.Columns} FROM keypairs k"))
                .Add($" WHERE k.user_id = {user} ORDER BY k.name"), KeypairStore.Read), false));
        return Task.FromResult(Reply.Ok(json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("keypairs");
            foreach (var keypair in page.Items)
            {
                json.WriteStartObject();
                json.WriteStartObject("keypair");
                WriteBrief(json, request, keypair);
                json.WriteEndObject();
                json.WriteEndObject();
            }
            json.WriteEndArray();
            PageLinks.WriteNext(json, "keypairs", request, page.HasMore ? page.Items[^1].Name : null);
            json.WriteEndObject();
        }));
    }

    public Task<Reply> Show(ApiRequest request)
    {
        var user = KeypairRoutes.AuthorizedUser(request, request.Query["user_id"]);
        QueryRules.Check(request, "user_id");
        var keypair = database.Read(tx => KeypairStore.Get(tx, user, request[0]));
        return Task.FromResult(Reply.Ok(json =>
        {
            json.WriteStartObject();
            json.WriteStartObject("keypair");
            WriteBrief(json, request, keypair);
            json.WriteString("user_id", keypair.UserId);
            json.WriteBoolean("deleted", false);
            json.WriteString("created_at", TimeText.Microseconds(keypair.CreatedAt));
            json.WriteNull("deleted_at");
            json.WriteNull("updated_at");
            json.WriteNumber("id", keypair.Number);
            json.WriteEndObject();
            json.WriteEndObject();
        }));
    }

    public async Task<Reply> Delete(ApiRequest request)
    {
        var user = KeypairRoutes.AuthorizedUser(request, request.Query["user_id"]);
        QueryRules.Check(request, "user_id");
        await database.Write(tx =>
        {
            KeypairStore.Get(tx, user, request[0]);
            tx.Execute($"DELETE FROM keypairs WHERE user_id = {user} AND name = {request[0]}");
        });
        return Reply.Empty(request.At(2, 2) ? 204 : 202);
    }

    private static void WriteBrief(Utf8JsonWriter json, ApiRequest request, KeypairRecord keypair)
    {
        json.WriteString("name", keypair.Name);
        json.WriteString("public_key", keypair.PublicKey);
        json.WriteString("fingerprint", keypair.Fingerprint);
        if (request.At(2, 2)) json.WriteString("type", keypair.Type);
    }
}
