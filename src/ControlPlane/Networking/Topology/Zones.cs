using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Networking.Networks;

namespace Cumulet.ControlPlane.Networking.Topology;

/// <summary>Availability zones: one host has one.</summary>
internal static class Zones
{
    public static Task<Reply> List(ApiRequest request)
    {
        var resources = new[] { "network", "router" }.Where(r => Wanted(request, "resource", r) && Wanted(request, "name", NetworkResource.Zone)
            && Wanted(request, "state", "available")).ToList();
        return Task.FromResult(Reply.Ok(json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("availability_zones");
            foreach (var resource in resources)
            {
                json.WriteStartObject();
                json.WriteString("name", NetworkResource.Zone);
                json.WriteString("resource", resource);
                json.WriteString("state", "available");
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }));
    }

    private static bool Wanted(ApiRequest request, string name, string value) =>
        request.Query[name].Count == 0 || request.Query[name].Contains(value);
}
