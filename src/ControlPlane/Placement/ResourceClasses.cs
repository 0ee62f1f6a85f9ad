using System.Text.Json;
using System.Text.RegularExpressions;
using Cumulet.ControlPlane.Api;

namespace Cumulet.ControlPlane.Placement;

/// <summary>Resource classes: the standard ones, and those that callers make with the prefix CUSTOM_.</summary>
internal sealed partial class ResourceClasses(Desk desk)
{
    [GeneratedRegex("^CUSTOM_[A-Z0-9_]+$")]
    private static partial Regex CustomName { get; }

    private static readonly Shape Name = Shape.Text(1, 255, "^CUSTOM_[A-Z0-9_]+$");
    private static readonly Shape New = Shape.Object(Member.Must("name", Name));

    public Task<Reply> List(ApiRequest request)
    {
        var custom = desk.Read().CustomClasses;
        return Task.FromResult(PlacementReply.Json(request, desk.Now, json =>
        {
            json.WriteStartArray("resource_classes");
            foreach (var name in StandardNames.ResourceClasses.Concat(custom))
            {
                json.WriteStartObject();
                Write(json, name);
                json.WriteEndObject();
            }
            json.WriteEndArray();
        }));
    }

    public Task<Reply> Show(ApiRequest request)
    {
        Require(desk.Read(), request[0]);
        return Task.FromResult(PlacementReply.Json(request, desk.Now, json => Write(json, request[0])));
    }

    public async Task<Reply> Create(ApiRequest request)
    {
        var body = await request.Body();
        New.Check(body, "body", request.Version);
        var name = body.GetText("name")!;
        if (!await Insert(name)) throw Fault.Conflict($"Conflicting resource class already exists: {name}");
        return Reply.Empty(201).With("Location", Url(request, name));
    }

    public async Task<Reply> Ensure(ApiRequest request)
    {
        if (request[0].Length > 255 || !CustomName.IsMatch(request[0]))
            throw Fault.BadRequest($"JSON does not validate: '{request[0].Truncated()}' does not match '^CUSTOM_[A-Z0-9_]+$'");
        var made = await Insert(request[0]);
        return Reply.Empty(made ? 201 : 204).With("Location", Url(request, request[0]));
    }

    public async Task<Reply> Rename(ApiRequest request)
    {
        var body = await request.Body();
        New.Check(body, "body", request.Version);
        var name = body.GetText("name")!;
        await desk.Write((tx, ledger) =>
        {
            Require(ledger, request[0]);
            if (!ledger.CustomClasses.Contains(request[0])) throw Fault.BadRequest($"Cannot update standard resource class {request[0]}");
            if (ledger.CustomClasses.Contains(name)) throw Fault.Conflict($"Resource class already exists: {name}");
            tx.Execute($"UPDATE placement_resource_classes SET name = {name} WHERE name = {request[0]}");
            tx.Execute($"UPDATE placement_inventories SET resource_class = {name} WHERE resource_class = {request[0]}");
            return tx.Execute($"UPDATE placement_allocations SET resource_class = {name} WHERE resource_class = {request[0]}");
        });
        return PlacementReply.Json(request, desk.Now, json => Write(json, name));
    }

    public async Task<Reply> Delete(ApiRequest request)
    {
        await desk.Write((tx, ledger) =>
        {
            Require(ledger, request[0]);
            if (!ledger.CustomClasses.Contains(request[0]))
                throw Fault.BadRequest($"Error in delete resource class: Cannot delete standard resource class {request[0]}.");
            if (ledger.Providers.Any(p => p.Inventories.ContainsKey(request[0])))
                throw Fault.Conflict($"Error in delete resource class: Resource class {request[0]} in use by inventory.");
            return tx.Execute($"DELETE FROM placement_resource_classes WHERE name = {request[0]}");
        });
        return Reply.Empty();
    }

    private Task<bool> Insert(string name) => desk.Write((tx, ledger) =>
    {
        if (ledger.KnowsClass(name)) return false;
        tx.Execute($"INSERT INTO placement_resource_classes (name, created_at) VALUES ({name}, {desk.Now})");
        return true;
    });

    private static void Require(Ledger ledger, string name)
    {
        if (!ledger.KnowsClass(name)) throw Fault.NotFound($"No such resource class {name.Truncated()}.");
    }

    private static string Url(ApiRequest request, string name) => $"{request.ServiceUrl}/resource_classes/{name}";

    private static void Write(Utf8JsonWriter json, string name)
    {
        json.WriteString("name", name);
        json.WriteStartArray("links");
        json.WriteStartObject();
        json.WriteString("rel", "self");
        json.WriteString("href", $"/placement/resource_classes/{name}");
        json.WriteEndObject();
        json.WriteEndArray();
    }
}
