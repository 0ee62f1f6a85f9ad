using Cumulet.ControlPlane.Api;

namespace Cumulet.ControlPlane.Compute.Servers;

/// <summary>The actions that make another server of a server, with their policies.</summary>
internal sealed record ServerActions
{
    private const string Action = "v2.1/servers/{id}/action";

    public required ServerResizes Resize { get; init; }
    public required ServerRebuilds Rebuild { get; init; }
    public required ServerRescues Rescue { get; init; }
    public required ServerShelves Shelve { get; init; }
    public required CreateBackup Backup { get; init; }
    public required MigrateServer Migrate { get; init; }
    public required ServerSuspensions Suspension { get; init; }
    public required OtherActions Other { get; init; }

    public void Map(RouteTable routes)
    {
        routes.Action(Action, "resize", "os_compute_api:servers:resize", Resize.Resize);
        routes.Action(Action, "confirmResize", "os_compute_api:servers:confirm_resize", Resize.Confirm);
        routes.Action(Action, "revertResize", "os_compute_api:servers:revert_resize", Resize.Revert);
        routes.Action(Action, "rebuild", "os_compute_api:servers:rebuild", Rebuild.Handle);
        routes.Action(Action, "rescue", "os_compute_api:os-rescue", Rescue.Rescue);
        routes.Action(Action, "unrescue", "os_compute_api:os-unrescue", Rescue.Unrescue);
        routes.Action(Action, "shelve", "os_compute_api:os-shelve:shelve", Shelve.Shelve);
        routes.Action(Action, "shelveOffload", "os_compute_api:os-shelve:shelve_offload", Shelve.Offload);
        routes.Action(Action, "unshelve", "os_compute_api:os-shelve:unshelve", Shelve.Unshelve);
        routes.Action(Action, "createBackup", "os_compute_api:os-create-backup", Backup.Handle);
        routes.Action(Action, "migrate", "os_compute_api:os-migrate-server:migrate", Migrate.Cold);
        routes.Action(Action, "os-migrateLive", "os_compute_api:os-migrate-server:migrate_live", Migrate.Live);
        routes.Action(Action, "evacuate", "os_compute_api:os-evacuate", Migrate.Evacuate);
        routes.Action(Action, "suspend", "os_compute_api:os-suspend-server:suspend", Suspension.Suspend);
        routes.Action(Action, "resume", "os_compute_api:os-suspend-server:resume", Suspension.Resume);
        routes.Action(Action, "restore", "os_compute_api:os-deferred-delete:restore", Other.Restore);
        routes.Action(Action, "injectNetworkInfo", "os_compute_api:os-admin-actions:inject_network_info", Other.InjectNetworkInfo);
        routes.Action(Action, "resetNetwork", "os_compute_api:os-admin-actions:inject_network_info", Other.ResetNetwork);
    }
}
