using Cumulet.ControlPlane.Api;

namespace Cumulet.ControlPlane.Compute.Servers;

/// <summary>Every URL of servers, with its policy and first microversion.</summary>
internal static class ServerRoutes
{
    private const string One = "v2.1/servers/{id}";
    private const string Action = "v2.1/servers/{id}/action";

    public static void Map(RouteTable routes, ServerHandlers h)
    {
        routes.Get("v2.1/servers", "os_compute_api:servers:index", h.List.Brief).FromRows();
        routes.Get("v2.1/servers/detail", "os_compute_api:servers:detail", h.List.Detail).FromRows();
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
        routes.Action(Action, "createImage", "os_compute_api:servers:create_image", h.CreateImage.Handle);
        routes.Action(Action, "lock", "os_compute_api:os-lock-server:lock", h.Administration.Lock);
        routes.Action(Action, "unlock", "os_compute_api:os-lock-server:unlock", h.Administration.Unlock);
        routes.Action(Action, "os-resetState", "os_compute_api:os-admin-actions:reset_state", h.Administration.ResetState);
        routes.Action(Action, "changePassword", "os_compute_api:os-admin-password", h.Administration.ChangePassword);
        routes.Action(Action, "os-getConsoleOutput", "os_compute_api:os-console-output", h.Console.Log);
        routes.Action(Action, "os-getVNCConsole", "os_compute_api:os-remote-consoles", h.Console.OldUrl).Until(2, 5);
        routes.Action(Action, "addFixedIp", "os_compute_api:os-multinic:add", h.FixedIps.Add).Until(2, 43);
        routes.Action(Action, "removeFixedIp", "os_compute_api:os-multinic:remove", h.FixedIps.Remove).Until(2, 43);
        routes.Action(Action, "addSecurityGroup", "os_compute_api:os-security-groups:add", h.SecurityGroups.Add);
        routes.Action(Action, "removeSecurityGroup", "os_compute_api:os-security-groups:remove", h.SecurityGroups.Remove);
        routes.Post(One + "/remote-consoles", "os_compute_api:os-remote-consoles", h.Console.RemoteUrl).Since(2, 6);
        routes.Get(One + "/os-security-groups", "os_compute_api:os-security-groups:list", h.SecurityGroups.List);
        routes.Get(One + "/diagnostics", "os_compute_api:os-server-diagnostics", h.Diagnostics.Get);
        routes.Get(One + "/topology", "compute:server:topology:index", h.Topology.Get).Since(2, 78);
        routes.Get(One + "/os-server-password", "os_compute_api:os-server-password:show", h.Password.Show);
        routes.Delete(One + "/os-server-password", "os_compute_api:os-server-password:clear", h.Password.Delete);
        MapParts(routes, h);
        routes.Action(Action, "trigger_crash_dump", "os_compute_api:servers:trigger_crash_dump", h.Power.TriggerCrashDump).Since(2, 17);
    }

    private static void MapParts(RouteTable routes, ServerHandlers h)
    {
        routes.Get(One + "/ips", "os_compute_api:ips:index", h.Ips.List);
        routes.Get(One + "/ips/{label}", "os_compute_api:ips:show", h.Ips.Show);
        routes.Get(One + "/metadata", "os_compute_api:server-metadata:index", h.Metadata.List);
        routes.Post(One + "/metadata", "os_compute_api:server-metadata:create", h.Metadata.Add);
        routes.Put(One + "/metadata", "os_compute_api:server-metadata:update_all", h.Metadata.Replace);
        routes.Get(One + "/metadata/{key}", "os_compute_api:server-metadata:show", h.Metadata.Show);
        routes.Put(One + "/metadata/{key}", "os_compute_api:server-metadata:update", h.Metadata.Set);
        routes.Delete(One + "/metadata/{key}", "os_compute_api:server-metadata:delete", h.Metadata.Remove);
        routes.Get(One + "/tags", "os_compute_api:os-server-tags:index", h.Tags.List).Since(2, 26);
        routes.Put(One + "/tags", "os_compute_api:os-server-tags:update_all", h.Tags.Replace).Since(2, 26);
        routes.Delete(One + "/tags", "os_compute_api:os-server-tags:delete_all", h.Tags.Clear).Since(2, 26);
        routes.Get(One + "/tags/{tag}", "os_compute_api:os-server-tags:show", h.Tags.Show).Since(2, 26);
        routes.Put(One + "/tags/{tag}", "os_compute_api:os-server-tags:update", h.Tags.Add).Since(2, 26);
        routes.Delete(One + "/tags/{tag}", "os_compute_api:os-server-tags:delete", h.Tags.Remove).Since(2, 26);
        routes.Get(One + "/os-instance-actions", "os_compute_api:os-instance-actions:list", h.Actions.List);
        routes.Get(One + "/os-instance-actions/{request}", "os_compute_api:os-instance-actions:show", h.Actions.Show);
        routes.Get(One + "/os-volume_attachments", "os_compute_api:os-volumes-attachments:index", h.Volumes.List);
        routes.Post(One + "/os-volume_attachments", "os_compute_api:os-volumes-attachments:create", h.Volumes.Create);
        routes.Get(One + "/os-volume_attachments/{volume}", "os_compute_api:os-volumes-attachments:show", h.Volumes.Show);
        routes.Put(One + "/os-volume_attachments/{volume}", "os_compute_api:os-volumes-attachments:update", h.Volumes.Update).ByTarget();
        routes.Delete(One + "/os-volume_attachments/{volume}", "os_compute_api:os-volumes-attachments:delete", h.Volumes.Delete);
        routes.Get(One + "/os-interface", "os_compute_api:os-attach-interfaces:list", h.Interfaces.List);
        routes.Post(One + "/os-interface", "os_compute_api:os-attach-interfaces:create", h.Interfaces.Create);
        routes.Get(One + "/os-interface/{port}", "os_compute_api:os-attach-interfaces:show", h.Interfaces.Show);
        routes.Delete(One + "/os-interface/{port}", "os_compute_api:os-attach-interfaces:delete", h.Interfaces.Delete);
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
    public required CreateImage CreateImage { get; init; }
    public required ServerAdministration Administration { get; init; }
    public required ServerPassword Password { get; init; }
    public required ServerConsole Console { get; init; }
    public required ServerSecurityGroups SecurityGroups { get; init; }
    public required ServerDiagnostics Diagnostics { get; init; }
    public required ServerTopology Topology { get; init; }
    public required ServerIps Ips { get; init; }
    public required ServerFixedIps FixedIps { get; init; }
    public required ServerMetadata Metadata { get; init; }
    public required ServerTags Tags { get; init; }
    public required InstanceActions Actions { get; init; }
    public required VolumeAttachments Volumes { get; init; }
    public required ServerInterfaces Interfaces { get; init; }
}
