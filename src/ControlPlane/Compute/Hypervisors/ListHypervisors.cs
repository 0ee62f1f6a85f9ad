using System.Text.Json;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Compute.Services;

namespace Cumulet.ControlPlane.Compute.Hypervisors;

/// <summary>Hypervisors listed, searched by name, with their servers.</summary>
internal sealed class ListHypervisors(ComputeServices services)
{
    public Task<Reply> Brief(ApiRequest request) => Task.FromResult(List(request, detail: false));

    public Task<Reply> Detail(ApiRequest request) => Task.FromResult(List(request, detail: true));

    public Task<Reply> Search(ApiRequest request) => Task.FromResult(Answer(request, Matching(request, request[0], false), false, null));

    public Task<Reply> Servers(ApiRequest request) => Task.FromResult(Answer(request, Matching(request, request[0], true), false, null));

    private Reply List(ApiRequest request, bool detail)
    {
        QueryRules.CheckSince(request, new(2, 53), "limit", "marker", "hypervisor_hostname_pattern", "with_servers");
        var pattern = request.At(2, 53) && request.Query.ContainsKey("hypervisor_hostname_pattern")
            ? request.Query["hypervisor_hostname_pattern"].ToString()
            : null;
        var withServers = request.At(2, 53) && HypervisorQuery.WithServers(request);
        if (pattern is not null && (request.Query.ContainsKey("limit") || request.Query.ContainsKey("marker")))
            throw Fault.BadRequest("Paging over hypervisors with the hypervisor_hostname_pattern query parameter is not supported.");
        var found = pattern is not null ? Matching(request, pattern, withServers) : All(withServers);
        if (pattern is not null || !request.At(2, 33)) return Answer(request, found, detail, null);
        var page = ShortList.Page(request, found, h => h.IdAt(request));
        return Answer(request, page.Items, detail, page.HasMore ? page.Items[^1].IdAt(request) : null);
    }

    private List<HypervisorView> All(bool withServers) => services.Database.Read(tx => HypervisorView.All(tx, services, withServers));

    private List<HypervisorView> Matching(ApiRequest request, string pattern, bool withServers)
    {
        var found = All(withServers).Where(h => h.Node.Host.Contains(pattern, StringComparison.OrdinalIgnoreCase)).ToList();
        return found.Count > 0 ? found : throw Fault.NotFound($"No hypervisor matching '{pattern.Truncated()}' could be found.");
    }

    private Reply Answer(ApiRequest request, IReadOnlyList<HypervisorView> found, bool detail, string? next) => Reply.Ok(json =>
    {
        json.WriteStartObject();
        json.WriteStartArray("hypervisors");
        foreach (var hypervisor in found)
        {
            json.WriteStartObject();
            if (detail) hypervisor.WriteDetail(json, request, services.HostAddress);
            else hypervisor.WriteBrief(json, request);
            hypervisor.WriteServers(json, request);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        PageLinks.WriteNext(json, "hypervisors", request, next);
        json.WriteEndObject();
    });
}

internal static class HypervisorQuery
{
    public static bool WithServers(ApiRequest request)
    {
        var text = request.Query["with_servers"].ToString();
        return text.Length != 0 && (JsonReading.FlagOf(text) ?? throw Fault.BadRequest(
            $"Invalid input for query parameters with_servers. Value: {text.Truncated()}. '{text.Truncated()}' is not one of ['true', 'false']"));
    }
}
