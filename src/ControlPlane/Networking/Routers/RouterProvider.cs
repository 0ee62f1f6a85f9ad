using System.Text.Json;
using Cumulet.ControlPlane.Api;

namespace Cumulet.ControlPlane.Networking.Routers;

/// <summary>
/// The kinds of router by the names that Neutron's operators know, behind router flavors. All four are always there, as in Neutron;
/// the highly available ones make no router on one host, see <see cref="RouterKind"/>.
/// </summary>
internal sealed record RouterProvider(string Name, string Driver, bool Distributed, bool HighlyAvailable)
{
    private const string Package = "neutron.services.l3_router.service_providers";

    public static readonly IReadOnlyList<RouterProvider> All =
    [
        new("dvrha", $"{Package}.dvrha.DvrHaDriver", true, true), new("dvr", $"{Package}.dvr.DvrDriver", true, false),
        new("ha", $"{Package}.ha.HaDriver", false, true), new("single_node", $"{Package}.single_node.SingleNodeDriver", false, false),
    ];

    public static RouterProvider? ByDriver(string driver) => All.FirstOrDefault(p => p.Driver == driver);

    /// <summary>Rule: neutron/services/l3_router/service_providers/driver_controller.py, _ensure_driver_supports_request.</summary>
    public void RequireSupport(JsonElement router)
    {
        foreach (var (key, has) in ((string, bool)[])[("distributed", Distributed), ("ha", HighlyAvailable)])
            if (router.GetFlag(key) is { } asked && asked != has)
                throw NetworkFault.InvalidInput($"Provider {Name} does not support {key}={(asked ? "True" : "False")}");
    }

    public static Task<Reply> List(ApiRequest request) => Task.FromResult(Reply.Ok(json =>
    {
        json.WriteStartObject();
        json.WriteStartArray("service_providers");
        foreach (var provider in All.Where(p => Wanted(request, "name", p.Name) && Wanted(request, "service_type", "L3_ROUTER_NAT")))
        {
            json.WriteStartObject();
            json.WriteString("service_type", "L3_ROUTER_NAT");
            json.WriteString("name", provider.Name);
            json.WriteBoolean("default", false);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }));

    private static bool Wanted(ApiRequest request, string name, string value) => request.Query[name].Count == 0 || request.Query[name].Contains(value);
}
