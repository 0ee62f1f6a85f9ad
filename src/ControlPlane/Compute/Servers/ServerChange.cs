namespace Cumulet.ControlPlane.Compute.Servers;

/// <summary>What the steps of a larger action hand on: rebuild, resize, rescue, shelve, backup.</summary>
public sealed record ServerChange
{
    /// <summary>The vm_state before.</summary>
    public string WasState { get; init; } = "";
    /// <summary>A guest ran before, so one is to run again.</summary>
    public bool WasRunning { get; init; }
    public string? ImageId { get; init; }
    public DiskChange[] Disks { get; init; } = [];
    public ServerFlavor? Flavor { get; init; }
    public string? BackupType { get; init; }
    public int Rotation { get; init; }
    /// <summary>A saga of Block Storage that is waited for.</summary>
    public string? VolumeSaga { get; init; }
    /// <summary>The host that was asked for; once one is chosen, that one.</summary>
    public string? Host { get; init; }
    /// <summary>Where it was, when it goes to another host.</summary>
    public string? OldHost { get; init; }
    /// <summary>Does <see cref="Zone"/> count (2.91: null unpins)?</summary>
    public bool SetsZone { get; init; }
    public string? Zone { get; init; }
}

/// <summary>A disk whose head changes.</summary>
/// <param name="Old">Null for a disk that had none.</param>
/// <param name="Bytes">The size of the new one.</param>
public sealed record DiskChange(string DiskId, Guid? Old, Guid New, long Bytes);
