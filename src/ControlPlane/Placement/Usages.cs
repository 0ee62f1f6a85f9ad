using Cumulet.ControlPlane.Api;

namespace Cumulet.ControlPlane.Placement;

/// <summary>Sums of allocations: of a provider, and of a project or a user in it, since 1.38 by the consumers' type.</summary>
internal sealed class Usages(Desk desk)
{
    public Task<Reply> OfProvider(ApiRequest request)
    {
        var provider = desk.Read().Get(request[0]);
        return Task.FromResult(PlacementReply.Json(request, desk.Now, json =>
        {
            json.WriteNumber("resource_provider_generation", provider.Generation);
            PlacementReply.WriteAmounts(json, "usages", provider.Inventories.Keys.Select(name => (name, provider.Used(name))));
        }));
    }

    public Task<Reply> OfProject(ApiRequest request)
    {
        var project = request.Query["project_id"].ToString();
        request.Authorize(new PolicyTarget { ["project_id"] = project.Length == 0 ? null : project });
        if (request.At(1, 38)) PlacementReply.CheckQuery(request, "project_id", "user_id", "consumer_type");
        else PlacementReply.CheckQuery(request, "project_id", "user_id");
        if (project.Length == 0) throw Fault.BadRequest("Invalid query string parameters: 'project_id' is a required property");
        var (user, type) = (request.Query["user_id"].ToString(), request.Query["consumer_type"].ToString());
        var ledger = desk.Read();
        var mine = ledger.Providers.SelectMany(p => p.Allocations).Select(a => (Allocation: a, Consumer: ledger.Consumers[a.ConsumerId]))
            .Where(a => a.Consumer.ProjectId == project && (user.Length == 0 || a.Consumer.UserId == user)
                && (type.Length == 0 || type == "all" || (a.Consumer.Type ?? "unknown") == type)).ToList();
        return Task.FromResult(PlacementReply.Json(request, desk.Now, json =>
        {
            if (!request.At(1, 38))
            {
                PlacementReply.WriteAmounts(json, "usages", Sums(mine.Select(a => a.Allocation)));
                return;
            }
            json.WriteStartObject("usages");
            foreach (var kind in mine.GroupBy(a => type == "all" ? "all" : a.Consumer.Type ?? "unknown"))
            {
                json.WriteStartObject(kind.Key);
                json.WriteNumber("consumer_count", kind.Select(a => a.Consumer.Id).Distinct().Count());
                foreach (var (name, sum) in Sums(kind.Select(a => a.Allocation))) json.WriteNumber(name, sum);
                json.WriteEndObject();
            }
            json.WriteEndObject();
        }));
    }

    private static IEnumerable<(string Class, long Sum)> Sums(IEnumerable<Allocation> allocations) =>
        allocations.GroupBy(a => a.ResourceClass).Select(g => (g.Key, g.Sum(a => a.Used)));
}
