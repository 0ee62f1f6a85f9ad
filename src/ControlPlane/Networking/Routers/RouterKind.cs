using System.Text.Json;
using Cumulet.ControlPlane.Api;

namespace Cumulet.ControlPlane.Networking.Routers;

/// <summary>
/// Where a router works. A distributed one works on each host that has guests behind it, which on one host is where every router
/// works; a highly available one needs a second agent to take it over, and there is none.
/// </summary>
internal static class RouterKind
{
    public static bool Of(JsonElement body, RouterProvider? provider) => Of(body, provider?.Distributed ?? false, provider?.HighlyAvailable ?? false);

    public static bool Of(JsonElement body, bool otherwise, bool highlyAvailable = false)
    {
        if (body.GetFlag("ha") ?? highlyAvailable)
            throw Fault.Conflict("Not enough l3 agents available to ensure HA. Minimum required 2, available 1.", "HANotEnoughAvailableAgents");
        return body.GetFlag("distributed") ?? otherwise;
    }

    /// <summary>Rule: neutron/db/l3_dvr_db.py, _validate_router_migration.</summary>
    public static void RequireDown(RouterRecord router)
    {
        if (router.AdminStateUp)
            throw NetworkFault.BadRequest(router.Distributed
                ? "Cannot downgrade active router from distributed. Please set router admin_state_up to False prior to downgrade"
                : "Cannot upgrade active router to distributed. Please set router admin_state_up to False prior to upgrade");
    }
}
