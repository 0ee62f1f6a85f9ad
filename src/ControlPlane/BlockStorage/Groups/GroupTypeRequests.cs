using System.Text.Json;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.BlockStorage.Groups;

internal sealed record GroupTypeRecord(string Id, string Name, string? Description, bool IsPublic, DateTimeOffset CreatedAt)
{
    public static GroupTypeRecord Read(Row row) => new(row.Text(), row.Text(), row.TextOrNull(), row.Flag(), row.Time());

    public static GroupTypeRecord? Find(Tx tx, string nameOrId) => tx.Find($"""
        SELECT t.id, t.name, t.description, t.is_public, t.created_at FROM group_types t WHERE t.id = {nameOrId} OR t.name = {nameOrId}
        ORDER BY CASE WHEN t.id = {nameOrId} THEN 0 ELSE 1 END
        """, Read);
}

/// <summary>group_types and their group_specs, from 3.11.</summary>
internal sealed class GroupTypeRequests(BlockStorageRoom room)
{
    private static readonly ObjectShape CreateShape = Shape.Object(
        Member.Must("name", Shape.Name()),
        Member.May("description", BodyShapes.DescriptionOrNull),
        Member.May("is_public", Shape.Flag),
        Member.May("group_specs", Shape.OrNull(Shape.Map(@"^[a-zA-Z0-9-_:. ]{1,255}$", BodyShapes.NameOrNull))));

    private static readonly ObjectShape UpdateShape = Shape.Object(
        Member.May("name", Shape.OrNull(Shape.Name())),
        Member.May("description", BodyShapes.DescriptionOrNull),
        Member.May("is_public", Shape.OrNull(Shape.Flag)));

    private static Shape Specs => Shape.Map(@"^[a-zA-Z0-9-_:. ]{1,255}$", BodyShapes.NameOrNull);

    private static readonly ListQuery Query = new()
    {
        Select = "SELECT t.id, t.name, t.description, t.is_public, t.created_at FROM group_types t",
        From = "group_types t",
        Id = "t.id",
        Filters = new Dictionary<string, Filter> { ["name"] = FilterRules.Admin("t.name"), ["is_public"] = new Filter.Ignored() },
        SortKeys = new Dictionary<string, string> { ["id"] = "t.id", ["name"] = "t.name", ["created_at"] = "t.created_at" },
        DefaultOrder = [("created_at", true)],
        MarkerNotFound = Missing,
    };

    private static Fault Missing(string id) => Fault.NotFound($"Group type {id.Truncated()} could not be found.");

    public Task<Reply> List(ApiRequest request)
    {
        var wanted = request.Query["is_public"].ToString();
        var visible = !request.Caller.IsAdmin ? Sql.Raw("t.is_public = 1")
            : wanted.Length == 0 || wanted.Equals("none", StringComparison.OrdinalIgnoreCase) ? Sql.Raw("1 = 1")
            : JsonReading.FlagOf(wanted) switch
            {
                true => Sql.Raw("t.is_public = 1"),
                false => Sql.Raw("t.is_public = 0"),
                null => throw Fault.BadRequest($"Invalid is_public filter [{wanted.Truncated()}]"),
            };
        var (page, specs) = room.Parts.Database.Read(tx =>
        {
            var types = Query.Run(tx, request, visible, GroupTypeRecord.Read);
            return (types, types.Items.ToDictionary(t => t.Id, t => SpecsOf(tx, t.Id)));
        });
        return Task.FromResult(JsonWriting.List(request, "group_types", page, t => t.Id, (json, t) => Write(json, request, t, specs[t.Id]), linksName: "group_type"));
    }

    public Task<Reply> Default(ApiRequest request) => throw Fault.NotFound("Default group type can not be found.");

    public Task<Reply> Show(ApiRequest request)
    {
        var (type, specs) = room.Parts.Database.Read(tx => Require(tx, request) is var t ? (t, SpecsOf(tx, t.Id)) : default);
        return Task.FromResult(JsonWriting.Wrapped("group_type", json => Write(json, request, type, specs)));
    }

    public async Task<Reply> Create(ApiRequest request)
    {
        var body = await request.Body("group_type", CreateShape);
        var specs = body.GetMap("group_specs");
        var type = new GroupTypeRecord(Guid.NewGuid().ToString(), body.GetText("name")!.Trim(), body.GetText("description"),
            body.GetFlag("is_public") ?? true, room.Parts.Time.GetUtcNow());
        await room.Parts.Database.Write(tx =>
        {
            RequireFreeName(tx, type.Name, type.Id);
            tx.Execute($"""
                INSERT INTO group_types (id, name, description, is_public, created_at)
                VALUES ({type.Id}, {type.Name}, {type.Description}, {type.IsPublic}, {type.CreatedAt})
                """);
            foreach (var (name, value) in specs) SetSpec(tx, type.Id, name, value);
        });
        return JsonWriting.Wrapped("group_type", json => Write(json, request, type, specs), 202);
    }

    public async Task<Reply> Update(ApiRequest request)
    {
        var body = await request.Body("group_type", UpdateShape);
        if (body.GetText("name") is null && body.GetText("description") is null && body.GetFlag("is_public") is null)
            throw Fault.BadRequest("Specify group type name, description or a combination thereof.");
        var (type, specs) = await room.Parts.Database.Write(tx =>
        {
            var old = Require(tx, request);
            var next = old with
            {
                Name = body.GetText("name")?.Trim() ?? old.Name,
                Description = body.GetText("description") ?? old.Description,
                IsPublic = body.GetFlag("is_public") ?? old.IsPublic,
            };
            RequireFreeName(tx, next.Name, next.Id);
            tx.Execute($"UPDATE group_types SET name = {next.Name}, description = {next.Description}, is_public = {next.IsPublic} WHERE id = {next.Id}");
            return (next, SpecsOf(tx, next.Id));
        });
        return JsonWriting.Wrapped("group_type", json => Write(json, request, type, specs));
    }

    private static void RequireFreeName(Tx tx, string name, string id)
    {
        if (tx.Exists($"SELECT 1 FROM group_types WHERE name = {name} AND id <> {id}"))
            throw Fault.Conflict($"Group Type {name.Truncated()} already exists.");
    }

    public async Task<Reply> Delete(ApiRequest request)
    {
        await room.Parts.Database.Write(tx =>
        {
            var type = Require(tx, request);
            if (tx.Exists($"SELECT 1 FROM volume_groups WHERE group_type_id = {type.Id}")) throw Fault.BadRequest("Target group type is still in use.");
            tx.Execute($"DELETE FROM group_type_specs WHERE group_type_id = {type.Id}");
            tx.Execute($"DELETE FROM group_types WHERE id = {type.Id}");
        });
        return Reply.Empty(202);
    }

    public Task<Reply> ListSpecs(ApiRequest request) => Task.FromResult(JsonWriting.Map("group_specs",
        room.Parts.Database.Read(tx => SpecsOf(tx, Require(tx, request).Id))));

    public async Task<Reply> AddSpecs(ApiRequest request)
    {
        var body = await request.Body("group_specs", Specs);
        var given = body.EnumerateObject().ToDictionary(p => p.Name, p => p.Value.GetString() ?? "", StringComparer.Ordinal);
        await room.Parts.Database.Write(tx =>
        {
            var type = Require(tx, request);
            foreach (var (name, value) in given) SetSpec(tx, type.Id, name, value);
        });
        return Reply.Json(202, json =>
        {
            json.WriteStartObject();
            json.WriteMap("group_specs", given);
            json.WriteEndObject();
        });
    }

    public Task<Reply> ShowSpec(ApiRequest request)
    {
        var value = room.Parts.Database.Read(tx => SpecsOf(tx, Require(tx, request).Id).GetValueOrDefault(request[1])) ?? throw MissingSpec(request);
        return Task.FromResult(Pair(request[1], value));
    }

    public async Task<Reply> SetSpec(ApiRequest request)
    {
        var body = await request.Body();
        Specs.Check(body, "group_specs", request.Version);
        if (body.GetPropertyCount() != 1) throw Fault.BadRequest("Request body contains too many items");
        var value = body.GetText(request[1]) ?? throw Fault.BadRequest("Request body and URI mismatch");
        await room.Parts.Database.Write(tx => SetSpec(tx, Require(tx, request).Id, request[1], value));
        return Pair(request[1], value);
    }

    public async Task<Reply> DeleteSpec(ApiRequest request)
    {
        await room.Parts.Database.Write(tx =>
        {
            if (tx.Execute($"DELETE FROM group_type_specs WHERE group_type_id = {Require(tx, request).Id} AND name = {request[1]}") == 0) throw MissingSpec(request);
        });
        return Reply.Empty(202);
    }

    private static Fault MissingSpec(ApiRequest request) =>
        Fault.NotFound($"Group Type {request[0]} has no specs with key {request[1].Truncated()}.");

    private static GroupTypeRecord Require(Tx tx, ApiRequest request) =>
        GroupTypeRecord.Find(tx, request[0]) is { } type && type.Id == request[0] && (type.IsPublic || request.Caller.IsAdmin) ? type : throw Missing(request[0]);

    private static Dictionary<string, string> SpecsOf(Tx tx, string id) => tx.Query(
        $"SELECT name, value FROM group_type_specs WHERE group_type_id = {id} ORDER BY name", row => (row.Text(), row.Text()))
        .ToDictionary(p => p.Item1, p => p.Item2, StringComparer.Ordinal);

    private static void SetSpec(Tx tx, string id, string name, string value) => tx.Execute($"""
        INSERT INTO group_type_specs (group_type_id, name, value) VALUES ({id}, {name}, {value})
        ON CONFLICT (group_type_id, name) DO UPDATE SET value = excluded.value
        """);

    private static Reply Pair(string name, string value) => Reply.Ok(json =>
    {
        json.WriteStartObject();
        json.WriteString(name, value);
        json.WriteEndObject();
    });

    private static void Write(Utf8JsonWriter json, ApiRequest request, GroupTypeRecord type, Dictionary<string, string> specs)
    {
        json.WriteStartObject();
        json.WriteString("id", type.Id);
        json.WriteString("name", type.Name);
        json.WriteString("description", type.Description);
        json.WriteBoolean("is_public", type.IsPublic);
        if (request.Allows("group:access_group_types_specs", PolicyTarget.OwnedBy(request.Caller.ProjectId))) json.WriteMap("group_specs", specs);
        json.WriteEndObject();
    }
}
