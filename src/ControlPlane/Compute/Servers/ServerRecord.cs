namespace Cumulet.ControlPlane.Compute.Servers;

/// <summary>A server as its row has it.</summary>
public sealed record ServerRecord
{
    public required string Id { get; init; }
    /// <summary>Counted from 1; names the guest (<c>instance-0000002a</c>) and its user id on the host.</summary>
    public required long Number { get; init; }
    public required string ProjectId { get; init; }
    public required string UserId { get; init; }
    public required string Name { get; init; }
    public required string HostName { get; init; }
    public string? Description { get; init; }
    public required ServerFlavor Flavor { get; init; }
    /// <summary>Null where the server boots from a volume.</summary>
    public string? ImageId { get; init; }
    public ServerImage Image { get; init; } = new();
    public required string VmState { get; init; }
    public string? TaskState { get; init; }
    public PowerState PowerState { get; init; }
    public int Progress { get; init; }
    /// <summary>The compute host; null until claimed.</summary>
    public string? Host { get; init; }
    public string? Node { get; init; }
    /// <summary>The zone of the host; null until claimed.</summary>
    public string? Zone { get; init; }
    /// <summary>The zone the caller asked for.</summary>
    public string? PinnedZone { get; init; }
    /// <summary>The host the caller asked for (<c>zone:host</c>, or <c>host</c> from 2.74).</summary>
    public string? WantedHost { get; init; }
    public string? WantedNode { get; init; }
    public bool ConfigDrive { get; init; }
    /// <summary>Base64, as given.</summary>
    public string? UserData { get; init; }
    public IReadOnlyList<PersonalityFile> Personality { get; init; } = [];
    public string? KeyName { get; init; }
    public string? KeyType { get; init; }
    public string? KeyData { get; init; }
    public string? AccessIpV4 { get; init; }
    public string? AccessIpV6 { get; init; }
    /// <summary>AUTO or MANUAL.</summary>
    public string DiskConfig { get; init; } = "MANUAL";
    public int LaunchIndex { get; init; }
    public required string ReservationId { get; init; }
    public string? RootDevice { get; init; }
    public bool Locked { get; init; }
    /// <summary>owner or admin.</summary>
    public string? LockedBy { get; init; }
    public string? LockedReason { get; init; }
    /// <summary>A JSON object, as given.</summary>
    public string Hints { get; init; } = "{}";
    /// <summary>Names or ids asked for at creation; what the ports have counts once there are ports.</summary>
    public IReadOnlyList<string> SecurityGroups { get; init; } = [];
    /// <summary>By which the hypervisor finds the running guest again; null where none runs.</summary>
    public string? VmHandle { get; init; }
    /// <summary>Counts every change of state.</summary>
    public long Generation { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }
    public DateTimeOffset? LaunchedAt { get; init; }
    public DateTimeOffset? TerminatedAt { get; init; }
    public bool Deleted { get; init; }
    public DateTimeOffset? DeletedAt { get; init; }

    public string InstanceName => $"instance-{Number:x8}";
    public string Status => ServerState.Status(VmState, TaskState);
    public bool BootsFromVolume => ImageId is null;
}
