using System.Text.Json;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.BlockStorage;

/// <summary>
/// …/{id}/metadata and …/{id}/metadata/{key} of volumes and snapshots: the same operations over two tables.
/// </summary>
/// <param name="table">Rows of owner id, name, value.</param>
/// <param name="owner">The table's column for the owner's id.</param>
/// <param name="require">404 where the caller may not see the owner.</param>
/// <param name="noun">How Cinder names the owner: Volume, Snapshot.</param>
internal sealed class MetadataOf(Database database, string table, string owner, Action<Tx, ApiRequest> require, string noun)
{
    public Task<Reply> List(ApiRequest request) => Task.FromResult(JsonWriting.Map("metadata", Read(request)));

    public Task<Reply> Show(ApiRequest request)
    {
        var metadata = Read(request);
        var value = metadata.GetValueOrDefault(request[1]) ?? throw Missing(request);
        return Task.FromResult(JsonWriting.Map("meta", [KeyValuePair.Create(request[1], value)]));
    }

    /// <summary>POST: adds to what is there.</summary>
    public Task<Reply> Add(ApiRequest request) => Set(request, replace: false);

    /// <summary>PUT: becomes what is there.</summary>
    public Task<Reply> Replace(ApiRequest request) => Set(request, replace: true);

    private async Task<Reply> Set(ApiRequest request, bool replace)
    {
        var body = await request.Body("metadata", BodyShapes.Pairs);
        var given = body.EnumerateObject().ToDictionary(p => p.Name, p => p.Value.GetString()!, StringComparer.Ordinal);
        var after = await database.Write(tx =>
        {
            require(tx, request);
            if (replace) tx.Execute($"DELETE FROM {Sql.Raw(table)} WHERE {Sql.Raw(owner)} = {request[0]}");
            foreach (var (name, value) in given) Put(tx, request[0], name, value);
            return Of(tx, request[0]);
        });
        return JsonWriting.Map("metadata", after);
    }

    public async Task<Reply> SetOne(ApiRequest request)
    {
        var body = await request.Body("meta", BodyShapes.Pairs);
        if (body.GetPropertyCount() != 1) throw Fault.BadRequest("Request body contains too many items");
        if (body.EnumerateObject().First() is var pair && pair.Name != request[1]) throw Fault.BadRequest("Request body and URI mismatch");
        var value = pair.Value.GetString()!;
        await database.Write(tx =>
        {
            require(tx, request);
            Put(tx, request[0], request[1], value);
        });
        return JsonWriting.Map("meta", [KeyValuePair.Create(request[1], value)]);
    }

    public async Task<Reply> Delete(ApiRequest request)
    {
        await database.Write(tx =>
        {
            require(tx, request);
            if (tx.Execute($"DELETE FROM {Sql.Raw(table)} WHERE {Sql.Raw(owner)} = {request[0]} AND name = {request[1]}") == 0) throw Missing(request);
        });
        return Reply.Empty(200);
    }

    private Fault Missing(ApiRequest request) =>
        Fault.NotFound($"{noun} {request[0]} has no metadata with key {request[1].Truncated()}.");

    private Dictionary<string, string> Read(ApiRequest request) => database.Read(tx =>
    {
        require(tx, request);
        return Of(tx, request[0]);
    });

    private Dictionary<string, string> Of(Tx tx, string id) =>
        tx.Query($"SELECT name, value FROM {Sql.Raw(table)} WHERE {Sql.Raw(owner)} = {id} ORDER BY name", row => (row.Text(), row.Text()))
            .ToDictionary(p => p.Item1, p => p.Item2, StringComparer.Ordinal);

    private void Put(Tx tx, string id, string name, string value) => tx.Execute($"""
        INSERT INTO {Sql.Raw(table)} ({Sql.Raw(owner)}, name, value) VALUES ({id}, {name}, {value})
        ON CONFLICT ({Sql.Raw(owner)}, name) DO UPDATE SET value = excluded.value
        """);
}
