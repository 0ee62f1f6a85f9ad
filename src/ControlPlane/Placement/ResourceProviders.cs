using System.Text.Json;
using Cumulet.ControlPlane.Api;

namespace Cumulet.ControlPlane.Placement;

/// <summary>Resource providers: trees since 1.14, which may be rearranged since 1.37.</summary>
internal sealed class ResourceProviders(Desk desk)
{
    private static readonly Shape Name = Shape.Text(1, 200);

    private static readonly Shape New = Shape.Object(
        Member.Must("name", Name), Member.May("uuid", Shape.Uuid), Member.May("parent_provider_uuid", Shape.OrNull(Shape.Uuid)).Since(1, 14));

    private static readonly Shape Change = Shape.Object(
        Member.Must("name", Name), Member.May("parent_provider_uuid", Shape.OrNull(Shape.Uuid)).Since(1, 14));

    public Task<Reply> List(ApiRequest request)
    {
        var ledger = desk.Read();
        var found = ProviderFilter.Of(request, ledger).Apply(ledger.Providers).ToList();
        return Task.FromResult(PlacementReply.Json(request, desk.Now, json =>
        {
            json.WriteStartArray("resource_providers");
            foreach (var provider in found)
            {
                json.WriteStartObject();
                Write(json, request, provider);
                json.WriteEndObject();
            }
            json.WriteEndArray();
        }));
    }

    public Task<Reply> Show(ApiRequest request)
    {
        var provider = desk.Read().Get(request[0]);
        return Task.FromResult(One(request, provider));
    }

    public async Task<Reply> Create(ApiRequest request)
    {
        var body = await request.Body();
        New.Check(body, "body", request.Version);
        var name = body.GetText("name")!;
        var id = body.GetText("uuid") is { } given ? Guid.Parse(given).ToString() : Guid.NewGuid().ToString();
        var provider = await desk.Write((tx, ledger) =>
        {
            if (ledger.Find(id) is not null) throw Duplicate($"uuid: {id}");
            if (ledger.Providers.Any(p => p.Name == name)) throw Duplicate($"name: {name}");
            var parent = Parent(body, ledger, id, $"Unable to create resource provider \"{name}\", {id}");
            PlacementStore.InsertProvider(tx, id, name, parent?.Id, isHost: false, desk.Now);
            return desk.Load(tx).Get(id);
        });
        return request.At(1, 20)
            ? One(request, provider).With("Location", Url(request, id))
            : Reply.Empty(201).With("Location", Url(request, id));
    }

    public async Task<Reply> Update(ApiRequest request)
    {
        var body = await request.Body();
        Change.Check(body, "body", request.Version);
        var name = body.GetText("name")!;
        return One(request, await desk.Write((tx, ledger) =>
        {
            var provider = ledger.Get(request[0]);
            if (provider.IsHost && name != provider.Name)
                throw Fault.Conflict($"Unable to save resource provider {provider.Id}: it is the compute host {provider.Name}, which has its name from the machine.");
            if (ledger.Providers.Any(p => p.Name == name && p.Id != provider.Id)) throw Duplicate(name);
            tx.Execute($"UPDATE placement_providers SET name = {name} WHERE id = {provider.Id}");
            if (body.Has("parent_provider_uuid"))
            {
                var words = $"Unable to save resource provider {provider.Id}";
                var parent = Parent(body, ledger, provider.Id, words);
                if (parent?.Id != provider.ParentId)
                {
                    if (provider.ParentId is not null && !request.At(1, 37))
                        throw Fault.BadRequest($"{words}: Object action update failed because: re-parenting a provider is not currently allowed.");
                    if (parent is not null && IsBelow(ledger, parent, provider.Id))
                        throw Fault.BadRequest($"{words}: Object action update failed because: creating loop in the provider tree is not allowed.");
                    tx.Execute($"UPDATE placement_providers SET parent_id = {parent?.Id} WHERE id = {provider.Id}");
                }
            }
            return desk.Load(tx).Get(provider.Id);
        }));
    }

    public async Task<Reply> Delete(ApiRequest request)
    {
        await desk.Write((tx, ledger) =>
        {
            var provider = ledger.Find(request[0])
                ?? throw Fault.NotFound($"No resource provider with uuid {request[0].Truncated()} found for delete");
            if (ledger.Providers.Any(p => p.ParentId == provider.Id))
                throw Fault.Conflict($"Unable to delete parent resource provider {provider.Id}: It has child resource providers.",
                    "placement.resource_provider.cannot_delete_parent");
            if (provider.Allocations.Count > 0 || provider.IsHost)
                throw Fault.Conflict($"Unable to delete resource provider {provider.Id}: Resource provider "
                    + (provider.IsHost ? $"is the compute host {provider.Name}; delete its service in Compute." : "has allocations."),
                    "placement.resource_provider.inuse");
            PlacementStore.DeleteProvider(tx, provider.Id);
            return true;
        });
        return Reply.Empty();
    }

    private static Provider? Parent(JsonElement body, Ledger ledger, string id, string words)
    {
        if (body.GetText("parent_provider_uuid") is not { } given) return null;
        var parent = Guid.Parse(given).ToString();
        if (parent == id)
            throw Fault.BadRequest($"{words}: Object action create failed because: parent provider UUID cannot be same as UUID.");
        return ledger.Find(parent)
            ?? throw Fault.BadRequest($"{words}: Object action create failed because: parent provider UUID does not exist.");
    }

    private static bool IsBelow(Ledger ledger, Provider provider, string id)
    {
        for (var at = provider; at is not null; at = at.ParentId is { } parent ? ledger.Find(parent) : null)
            if (at.Id == id) return true;
        return false;
    }

    private static Fault Duplicate(string what) =>
        Fault.Conflict($"Conflicting resource provider {what} already exists.", "placement.duplicate_name");

    private Reply One(ApiRequest request, Provider provider) =>
        PlacementReply.Json(request, desk.Now, json => Write(json, request, provider));

    private static string Url(ApiRequest request, string id) => $"{request.ServiceUrl}/resource_providers/{id}";

    private static void Write(Utf8JsonWriter json, ApiRequest request, Provider provider)
    {
        json.WriteString("uuid", provider.Id);
        json.WriteString("name", provider.Name);
        json.WriteNumber("generation", provider.Generation);
        json.WriteStartArray("links");
        var self = $"/placement/resource_providers/{provider.Id}";
        Link(json, "self", self);
        foreach (var (rel, minor) in ((string, int)[])[("inventories", 0), ("usages", 0), ("aggregates", 1), ("traits", 6), ("allocations", 11)])
            if (request.At(1, minor)) Link(json, rel, $"{self}/{rel}");
        json.WriteEndArray();
        if (!request.At(1, 14)) return;
        json.WriteString("parent_provider_uuid", provider.ParentId);
        json.WriteString("root_provider_uuid", provider.RootId);
    }

    private static void Link(Utf8JsonWriter json, string rel, string href)
    {
        json.WriteStartObject();
        json.WriteString("rel", rel);
        json.WriteString("href", href);
        json.WriteEndObject();
    }
}
