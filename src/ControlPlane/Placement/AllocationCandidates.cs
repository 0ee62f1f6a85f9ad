using System.Text.Json;
using Cumulet.ControlPlane.Api;

namespace Cumulet.ControlPlane.Placement;

/// <summary>Who could give what a caller needs; each answer can be sent back as an allocation.</summary>
internal sealed class AllocationCandidates(Desk desk)
{
    public Task<Reply> List(ApiRequest request)
    {
        var ledger = desk.Read();
        var wish = CandidateRequest.Read(request, ledger);
        var found = CandidateSearch.Find(ledger.Providers, wish, nested: request.At(1, 29));
        return Task.FromResult(PlacementReply.Json(request, desk.Now, json =>
        {
            json.WriteStartArray("allocation_requests");
            foreach (var candidate in found) Write(json, request, candidate);
            json.WriteEndArray();
            WriteSummaries(json, request, ledger, wish, found);
        }));
    }

    private static void Write(Utf8JsonWriter json, ApiRequest request, Candidate candidate)
    {
        var providers = candidate.Parts.GroupBy(p => p.From.Id).Select(p => (Id: p.Key,
            Resources: p.GroupBy(r => r.ResourceClass).Select(r => (r.Key, r.Sum(a => a.Amount))))).ToList();
        json.WriteStartObject();
        if (request.At(1, 12))
        {
            json.WriteStartObject("allocations");
            foreach (var (id, resources) in providers)
            {
                json.WriteStartObject(id);
                PlacementReply.WriteAmounts(json, "resources", resources);
                json.WriteEndObject();
            }
            json.WriteEndObject();
        }
        else
        {
            json.WriteStartArray("allocations");
            foreach (var (id, resources) in providers)
            {
                json.WriteStartObject();
                json.WriteStartObject("resource_provider");
                json.WriteString("uuid", id);
                json.WriteEndObject();
                PlacementReply.WriteAmounts(json, "resources", resources);
                json.WriteEndObject();
            }
            json.WriteEndArray();
        }
        if (request.At(1, 34))
        {
            json.WriteStartObject("mappings");
            foreach (var (suffix, ids) in candidate.Mappings) PlacementReply.WriteTexts(json, suffix, ids);
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }

    // Since 1.29 every provider of a tree that gives is summed up, also those that give nothing.
    private static void WriteSummaries(Utf8JsonWriter json, ApiRequest request, Ledger ledger, CandidateRequest wish, List<Candidate> found)
    {
        var asked = wish.Groups.SelectMany(g => g.Resources.Keys).ToHashSet(StringComparer.Ordinal);
        var givers = found.SelectMany(c => c.Providers).DistinctBy(p => p.Id).ToList();
        var roots = givers.Select(p => p.RootId).ToHashSet(StringComparer.Ordinal);
        var shown = request.At(1, 29) ? ledger.Providers.Where(p => roots.Contains(p.RootId)) : givers;
        json.WriteStartObject("provider_summaries");
        foreach (var provider in shown)
        {
            json.WriteStartObject(provider.Id);
            json.WriteStartObject("resources");
            foreach (var (name, inventory) in provider.Inventories.Where(i => request.At(1, 27) || asked.Contains(i.Key)))
            {
                json.WriteStartObject(name);
                json.WriteNumber("capacity", (long)inventory.Capacity);
                json.WriteNumber("used", provider.Used(name));
                json.WriteEndObject();
            }
            json.WriteEndObject();
            if (request.At(1, 17)) PlacementReply.WriteTexts(json, "traits", provider.Traits);
            if (request.At(1, 29))
            {
                json.WriteString("parent_provider_uuid", provider.ParentId);
                json.WriteString("root_provider_uuid", provider.RootId);
            }
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }
}
