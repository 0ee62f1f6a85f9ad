using Cumulet.ControlPlane.Api;

namespace Cumulet.ControlPlane.Compute.Servers;

/// <summary>Every URL of servers, with its policy and first microversion.</summary>
internal static class ServerRoutes
{
    private const string One = "v2.1/servers/{id}";
    private const string Action = "v2.1/servers/{id}/action";

    public static void Map(RouteTable routes, ServerHandlers h)
    {
        routes.Get("v2.1/servers", "os_compute_api:servers:index", h.List.Brief);
        routes.Get("v2.1/servers/detail", "os_compute_api:servers:detail", h.List.Detail);
        routes.Post("v2.1/servers", "os_compute_api:servers:create", h.Accept.Handle).MaxBody(1 << 20);
        routes.Post("v2.1/os-volumes_boot", "os_compute_api:servers:create", h.Accept.Handle).MaxBody(1 << 20);
        routes.Get(One, "os_compute_api:servers:show", h.Show.Get);
        routes.Put(One, "os_compute_api:servers:update", h.Show.Put);
        routes.Delete(One, "os_compute_api:servers:delete", h.Delete.Handle);
        routes.Action(Action, "os-start", "os_compute_api:servers:start", h.Power.Start);
        routes.Action(Action, "os-stop", "os_compute_api:servers:stop", h.Power.Stop);
        routes.Action(Action, "reboot", "os_compute_api:servers:reboot", h.Power.Restart);
        routes.Action(Action, "pause", "os_compute_api:os-pause-server:pause", h.Power.Pause);
        routes.Action(Action, "unpause", "os_compute_api:os-pause-server:unpause", h.Power.Unpause);
        routes.Action(Action, "forceDelete", "os_compute_api:os-deferred-delete:force", h.Delete.Handle);
    }
}

/// <summary>The handlers of servers.</summary>
internal sealed record ServerHandlers
{
    public required ListServers List { get; init; }
    public required ServerAcceptance Accept { get; init; }
    public required ShowServer Show { get; init; }
    public required DeleteServer Delete { get; init; }
    public required ServerPowerActions Power { get; init; }
}
