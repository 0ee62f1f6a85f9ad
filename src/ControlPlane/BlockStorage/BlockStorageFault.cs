using Cumulet.ControlPlane.Api;

namespace Cumulet.ControlPlane.BlockStorage;

/// <summary>The refusals that several resources share, worded as Cinder words them.</summary>
internal static class BlockStorageFault
{
    public static Fault NoVolume(string id) => Fault.NotFound($"Volume {id.Truncated()} could not be found.");
    public static Fault NoSnapshot(string id) => Fault.NotFound($"Snapshot {id.Truncated()} could not be found.");
    public static Fault NoBackup(string id) => Fault.NotFound($"Backup {id.Truncated()} could not be found.");
    public static Fault NoGroup(string id) => Fault.NotFound($"Group {id.Truncated()} could not be found.");

    public static Fault NoType(string nameOrId) => Fault.NotFound(Guid.TryParse(nameOrId, out _)
        ? $"Volume type {nameOrId} could not be found."
        : $"Volume type with name {nameOrId.Truncated()} could not be found.");

    public static Fault NoAttachment(string id) =>
        Fault.NotFound($"Volume attachment could not be found with filter: attachment_id = {id.Truncated()}.");

    public static Fault InvalidVolume(string reason) => Fault.BadRequest($"Invalid volume: {reason}");
    public static Fault InvalidSnapshot(string reason) => Fault.BadRequest($"Invalid snapshot: {reason}");
    public static Fault InvalidInput(string reason) => Fault.BadRequest($"Invalid input received: {reason}");

    /// <summary>A server has the volume: only Compute may take it away, or the guest would go on writing to it.</summary>
    public static Fault UsedByServer(string? serverId) =>
        Fault.Conflict($"ConflictNovaUsingAttachment: Detach volume from instance {serverId} using the Compute API");
}
