using System.Text.Json;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.BlockStorage.VolumeTypes;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.BlockStorage.QosSpecs;

internal sealed record QosRecord(string Id, string Name, string Consumer, IReadOnlyDictionary<string, string> Specs);

/// <summary>qos-specs: named sets of limits that volume types refer to.</summary>
internal sealed class QosRequests(BlockStorageRoom room)
{
    private static readonly Shape CreateShape = Shape.Object(
        Member.Must("name", Shape.Name()),
        Member.May("consumer", Shape.OneOf("back-end", "front-end", "both"))).Open();

    private static readonly ObjectShape KeysShape = Shape.Object(Member.Must("keys", Shape.List(Shape.Text(1, 255))));

    private static readonly ListQuery Query = new()
    {
        Select = "SELECT q.id, q.name, q.consumer FROM qos_specs q",
        From = "qos_specs q",
        Id = "q.id",
        Filters = new Dictionary<string, Filter> { ["name"] = new Filter.Exact("q.name"), ["consumer"] = new Filter.Exact("q.consumer"), ["id"] = new Filter.Exact("q.id") },
        SortKeys = new Dictionary<string, string> { ["id"] = "q.id", ["name"] = "q.name", ["created_at"] = "q.created_at" },
        DefaultOrder = [("created_at", true)],
        MarkerNotFound = Missing,
    };

    private static Fault Missing(string id) => Fault.NotFound($"No such QoS spec {id.Truncated()}.");

    public Task<Reply> List(ApiRequest request)
    {
        var page = room.Parts.Database.Read(tx =>
        {
            var rows = Query.Run(tx, request, Sql.Raw("1 = 1"), row => (Id: row.Text(), Name: row.Text(), Consumer: row.Text()));
            return new Page<QosRecord>([.. rows.Items.Select(q => new QosRecord(q.Id, q.Name, q.Consumer, Specs(tx, q.Id)))], rows.HasMore);
        });
        return Task.FromResult(JsonWriting.List(request, "qos_specs", page, q => q.Id, Write));
    }

    public Task<Reply> Show(ApiRequest request) => Task.FromResult(One(request, room.Parts.Database.Read(tx => Require(tx, request))));

    public async Task<Reply> Create(ApiRequest request)
    {
        var body = await request.Body("qos_specs", CreateShape);
        var specs = Pairs(body);
        var qos = new QosRecord(Guid.NewGuid().ToString(), body.GetText("name")!.Trim(), body.GetText("consumer") ?? "back-end", specs);
        await room.Parts.Database.Write(tx =>
        {
            if (tx.Exists($"SELECT 1 FROM qos_specs WHERE name = {qos.Name}")) throw Fault.Conflict($"QoS Specs {qos.Name.Truncated()} already exists.");
            tx.Execute($"INSERT INTO qos_specs (id, name, consumer, created_at) VALUES ({qos.Id}, {qos.Name}, {qos.Consumer}, {room.Parts.Time.GetUtcNow()})");
            foreach (var (name, value) in specs) SetSpec(tx, qos.Id, name, value);
        });
        return One(request, qos);
    }

    private static Dictionary<string, string> Pairs(JsonElement body)
    {
        var specs = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var member in body.EnumerateObject().Where(m => m.Name is not ("name" or "consumer")))
        {
            if (member.Name.Length is 0 or > 255 || member.Value.ValueKind is not (JsonValueKind.String or JsonValueKind.Number))
                throw Fault.BadRequest($"Invalid input for field/attribute qos_specs. Value: {member.Value.GetRawText().Truncated()}. '{member.Name.Truncated()}' must be a text");
            specs[member.Name] = member.Value.ToString();
        }
        return specs;
    }

    public async Task<Reply> Update(ApiRequest request)
    {
        var body = await request.Body("qos_specs", Shape.AnyObject);
        var specs = Pairs(body);
        var consumer = body.GetText("consumer");
        if (consumer is not (null or "back-end" or "front-end" or "both"))
            throw Fault.BadRequest($"Invalid qos specs: Valid consumer of QoS specs are: ['back-end', 'front-end', 'both']");
        await room.Parts.Database.Write(tx =>
        {
            var qos = Require(tx, request);
            if (consumer is not null) tx.Execute($"UPDATE qos_specs SET consumer = {consumer} WHERE id = {qos.Id}");
            foreach (var (name, value) in specs) SetSpec(tx, qos.Id, name, value);
        });
        return JsonWriting.Wrapped("qos_specs", body.WriteTo);
    }

    public async Task<Reply> DeleteKeys(ApiRequest request)
    {
        var body = await request.Body();
        KeysShape.Check(body, "body", request.Version);
        await room.Parts.Database.Write(tx =>
        {
            var qos = Require(tx, request);
            foreach (var key in body.GetItems("keys").Select(k => k.GetString()!))
                if (tx.Execute($"DELETE FROM qos_specs_values WHERE qos_specs_id = {qos.Id} AND name = {key}") == 0)
                    throw Fault.BadRequest($"QoS spec {qos.Id} has no spec with key {key.Truncated()}.");
        });
        return Reply.Empty(202);
    }

    public async Task<Reply> Delete(ApiRequest request)
    {
        var force = ProjectRows.Flag(request, "force") == true;
        await room.Parts.Database.Write(tx =>
        {
            var qos = Require(tx, request);
            if (!force && tx.Exists($"SELECT 1 FROM volume_types WHERE qos_specs_id = {qos.Id}"))
                throw Fault.BadRequest($"QoS Specs {qos.Id} is still associated with entities.");
            tx.Execute($"UPDATE volume_types SET qos_specs_id = NULL WHERE qos_specs_id = {qos.Id}");
            tx.Execute($"DELETE FROM qos_specs_values WHERE qos_specs_id = {qos.Id}");
            tx.Execute($"DELETE FROM qos_specs WHERE id = {qos.Id}");
        });
        return Reply.Empty(202);
    }

    public Task<Reply> Associations(ApiRequest request)
    {
        var types = room.Parts.Database.Read(tx =>
        {
            var qos = Require(tx, request);
            return tx.Query($"SELECT id, name FROM volume_types WHERE qos_specs_id = {qos.Id} ORDER BY name", row => (Id: row.Text(), Name: row.Text()));
        });
        return Task.FromResult(JsonWriting.Wrapped("qos_associations", json =>
        {
            json.WriteStartArray();
            foreach (var (id, name) in types)
            {
                json.WriteStartObject();
                json.WriteString("association_type", "volume_type");
                json.WriteString("name", name);
                json.WriteString("id", id);
                json.WriteEndObject();
            }
            json.WriteEndArray();
        }));
    }

    public Task<Reply> Associate(ApiRequest request) => OfType(request, (tx, qos, type) =>
    {
        if (type.QosSpecsId is not null && type.QosSpecsId != qos.Id)
            throw Fault.BadRequest($"Invalid volume type: Type {type.Id} is already associated with another qos specs: {type.QosSpecsId}");
        tx.Execute($"UPDATE volume_types SET qos_specs_id = {qos.Id} WHERE id = {type.Id}");
    });

    public Task<Reply> Disassociate(ApiRequest request) => OfType(request, (tx, qos, type) =>
        tx.Execute($"UPDATE volume_types SET qos_specs_id = NULL WHERE id = {type.Id} AND qos_specs_id = {qos.Id}"));

    public async Task<Reply> DisassociateAll(ApiRequest request)
    {
        await room.Parts.Database.Write(tx => tx.Execute($"UPDATE volume_types SET qos_specs_id = NULL WHERE qos_specs_id = {Require(tx, request).Id}"));
        return Reply.Empty(202);
    }

    private async Task<Reply> OfType(ApiRequest request, Action<Tx, QosRecord, VolumeTypeRecord> change)
    {
        if (request.Query["vol_type_id"].ToString() is not { Length: > 0 } typeId) throw Fault.BadRequest("Volume Type id must not be None.");
        await room.Parts.Database.Write(tx => change(tx, Require(tx, request), VolumeTypeStore.Find(tx, typeId) ?? throw BlockStorageFault.NoType(typeId)));
        return Reply.Empty(202);
    }

    private static QosRecord Require(Tx tx, ApiRequest request) =>
        tx.Query($"SELECT id, name, consumer FROM qos_specs WHERE id = {request[0]}", row => (Id: row.Text(), Name: row.Text(), Consumer: row.Text())) is [var q]
            ? new QosRecord(q.Id, q.Name, q.Consumer, Specs(tx, q.Id))
            : throw Missing(request[0]);

    private static Dictionary<string, string> Specs(Tx tx, string id) => tx.Query(
        $"SELECT name, value FROM qos_specs_values WHERE qos_specs_id = {id} ORDER BY name", row => (row.Text(), row.Text()))
        .ToDictionary(p => p.Item1, p => p.Item2, StringComparer.Ordinal);

    private static void SetSpec(Tx tx, string id, string name, string value) => tx.Execute($"""
        INSERT INTO qos_specs_values (qos_specs_id, name, value) VALUES ({id}, {name}, {value})
        ON CONFLICT (qos_specs_id, name) DO UPDATE SET value = excluded.value
        """);

    private static Reply One(ApiRequest request, QosRecord qos) => Reply.Ok(json =>
    {
        json.WriteStartObject();
        json.WritePropertyName("qos_specs");
        Write(json, qos);
        json.WriteLinks(request, $"qos-specs/{qos.Id}");
        json.WriteEndObject();
    });

    private static void Write(Utf8JsonWriter json, QosRecord qos)
    {
        json.WriteStartObject();
        json.WriteString("id", qos.Id);
        json.WriteString("name", qos.Name);
        json.WriteString("consumer", qos.Consumer);
        json.WriteMap("specs", qos.Specs);
        json.WriteEndObject();
    }
}
