namespace Cumulet.ControlPlane.Compute.Servers;

/// <summary>What the hypervisor sees, with Nova's numbers.</summary>
public enum PowerState { NoState = 0, Running = 1, Paused = 3, Shutdown = 4, Crashed = 6, Suspended = 7 }

/// <summary>Nova's stable states.</summary>
public static class VmState
{
    public const string Building = "building", Active = "active", Paused = "paused", Suspended = "suspended",
        Stopped = "stopped", Rescued = "rescued", Resized = "resized", SoftDeleted = "soft-delete", Deleted = "deleted",
        Error = "error", Shelved = "shelved", ShelvedOffloaded = "shelved_offloaded";
}

/// <summary>Nova's states in motion; a server without one is at rest.</summary>
public static class TaskState
{
    public const string Scheduling = "scheduling", BlockDeviceMapping = "block_device_mapping", Networking = "networking",
        Spawning = "spawning", PoweringOff = "powering-off", PoweringOn = "powering-on", Rebooting = "rebooting",
        RebootingHard = "rebooting_hard", Deleting = "deleting", Pausing = "pausing", Unpausing = "unpausing",
        Suspending = "suspending", Resuming = "resuming", ImageSnapshotPending = "image_snapshot_pending",
        ImagePendingUpload = "image_pending_upload", ImageUploading = "image_uploading", Rebuilding = "rebuilding",
        ResizePrep = "resize_prep", ResizeMigrating = "resize_migrating", ResizeFinish = "resize_finish",
        ResizeReverting = "resize_reverting", Shelving = "shelving", Unshelving = "unshelving", Rescuing = "rescuing",
        Unrescuing = "unrescuing", UpdatingPassword = "updating_password";
}

/// <summary>What a hypervisor noticed by itself.</summary>
public enum VmEvent
{
    /// <summary>The guest went down in order, or its process is gone.</summary>
    Ended,
    /// <summary>The process died of itself.</summary>
    Crashed,
    /// <summary>The guest was stopped: full disk, I/O error.</summary>
    Halted,
    /// <summary>The guest runs (again).</summary>
    Running,
    /// <summary>Nothing is heard any more of the host on which it runs.</summary>
    HostLost,
}

/// <summary>
/// The rules of states, pure: vm_state is what a server is, task_state what is being done to it, power_state what the
/// hypervisor sees. Rule: nova/api/openstack/common.py, _STATE_MAP; nova/compute/manager.py, power state sync.
/// </summary>
public static class ServerState
{
    public static string Status(string vmState, string? taskState) => (vmState, taskState) switch
    {
        (VmState.Active, TaskState.Rebooting or "reboot_pending" or "reboot_started") => "REBOOT",
        (VmState.Active, TaskState.RebootingHard or "reboot_pending_hard" or "reboot_started_hard") => "HARD_REBOOT",
        (VmState.Active, TaskState.UpdatingPassword) => "PASSWORD",
        (VmState.Active, TaskState.Rebuilding or "rebuild_block_device_mapping" or "rebuild_spawning") => "REBUILD",
        (VmState.Active, "migrating") => "MIGRATING",
        (VmState.Active or VmState.Stopped, TaskState.ResizePrep or TaskState.ResizeMigrating or "resize_migrated" or TaskState.ResizeFinish) => "RESIZE",
        (VmState.Stopped or VmState.Paused or VmState.Suspended, TaskState.RebootingHard) => "HARD_REBOOT",
        (VmState.Stopped, TaskState.Rebuilding) => "REBUILD",
        (VmState.Error, TaskState.Rebuilding) => "REBUILD",
        (VmState.Resized, TaskState.ResizeReverting) => "REVERT_RESIZE",
        (VmState.Active, _) => "ACTIVE",
        (VmState.Building, _) => "BUILD",
        (VmState.Stopped, _) => "SHUTOFF",
        (VmState.Resized, _) => "VERIFY_RESIZE",
        (VmState.Paused, _) => "PAUSED",
        (VmState.Suspended, _) => "SUSPENDED",
        (VmState.Rescued, _) => "RESCUE",
        (VmState.Error, _) => "ERROR",
        (VmState.Deleted, _) => "DELETED",
        (VmState.SoftDeleted, _) => "SOFT_DELETED",
        (VmState.Shelved, _) => "SHELVED",
        (VmState.ShelvedOffloaded, _) => "SHELVED_OFFLOADED",
        _ => "UNKNOWN",
    };

    /// <summary>The vm_states behind a status asked for in a list; none for a status that is no status.</summary>
    public static IReadOnlyList<string> VmStatesOf(string status) => status.ToUpperInvariant() switch
    {
        "ACTIVE" => [VmState.Active],
        "REBOOT" or "PASSWORD" or "MIGRATING" => [VmState.Active],
        "HARD_REBOOT" => [VmState.Active, VmState.Stopped, VmState.Paused, VmState.Suspended],
        "REBUILD" => [VmState.Active, VmState.Stopped, VmState.Error],
        "RESIZE" => [VmState.Active, VmState.Stopped],
        "BUILD" => [VmState.Building],
        "SHUTOFF" => [VmState.Stopped],
        "VERIFY_RESIZE" or "REVERT_RESIZE" => [VmState.Resized],
        "PAUSED" => [VmState.Paused],
        "SUSPENDED" => [VmState.Suspended],
        "RESCUE" => [VmState.Rescued],
        "ERROR" => [VmState.Error],
        "DELETED" => [VmState.Deleted],
        "SOFT_DELETED" => [VmState.SoftDeleted],
        "SHELVED" => [VmState.Shelved],
        "SHELVED_OFFLOADED" => [VmState.ShelvedOffloaded],
        _ => [],
    };

    /// <summary>Task states that go with a status in a list; null where any does.</summary>
    public static IReadOnlyList<string>? TaskStatesOf(string status) => status.ToUpperInvariant() switch
    {
        "REBOOT" => [TaskState.Rebooting, "reboot_pending", "reboot_started"],
        "HARD_REBOOT" => [TaskState.RebootingHard, "reboot_pending_hard", "reboot_started_hard"],
        "PASSWORD" => [TaskState.UpdatingPassword],
        "REBUILD" => [TaskState.Rebuilding, "rebuild_block_device_mapping", "rebuild_spawning"],
        "MIGRATING" => ["migrating"],
        "RESIZE" => [TaskState.ResizePrep, TaskState.ResizeMigrating, "resize_migrated", TaskState.ResizeFinish],
        "REVERT_RESIZE" => [TaskState.ResizeReverting],
        _ => null,
    };

    /// <summary>Should a guest of this server run, whatever the host just went through?</summary>
    public static bool ShouldRun(ServerRecord server) =>
        server is { Deleted: false, TaskState: null, VmState: VmState.Active or VmState.Paused };

    /// <summary>
    /// What an observation makes of a server. While a task is on, its saga says what the server becomes: only the power
    /// state follows. At rest a guest that is gone is a server that is stopped, as Nova's sync has it.
    /// </summary>
    public static ServerRecord Apply(ServerRecord server, VmEvent seen) => (seen, server) switch
    {
        (_, { Deleted: true }) => server,
        (VmEvent.Ended or VmEvent.Crashed, { TaskState: null, VmState: VmState.Active or VmState.Paused or VmState.Suspended or VmState.Rescued }) =>
            server with { VmState = VmState.Stopped, PowerState = PowerState.Shutdown, VmHandle = null },
        (VmEvent.Ended or VmEvent.Crashed, _) => server with { PowerState = PowerState.Shutdown },
        (VmEvent.Halted, { VmState: VmState.Active }) => server with { PowerState = PowerState.Paused },
        (VmEvent.Running, { VmState: VmState.Active }) => server with { PowerState = PowerState.Running },
        _ => server,
    };
}
