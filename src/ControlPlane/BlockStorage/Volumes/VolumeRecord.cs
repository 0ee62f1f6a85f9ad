namespace Cumulet.ControlPlane.BlockStorage.Volumes;

/// <summary>One volume as its row has it.</summary>
public sealed record VolumeRecord
{
    public required string Id { get; init; }
    public required string ProjectId { get; init; }
    public required string UserId { get; init; }
    public string? Name { get; init; }
    public string? Description { get; init; }
    public required long SizeGib { get; init; }
    /// <summary><see cref="VolumeStatus"/>.</summary>
    public required string Status { get; init; }
    public string? PreviousStatus { get; init; }
    public bool Bootable { get; init; }
    public bool Multiattach { get; init; }
    public bool ReadOnly { get; init; }
    public required string VolumeTypeId { get; init; }
    public required string AvailabilityZone { get; init; }
    public required string Host { get; init; }
    public string? SourceVolumeId { get; init; }
    public string? SnapshotId { get; init; }
    public string? ImageId { get; init; }
    /// <summary>The head that a guest writes to; another one after each snapshot.</summary>
    public required Guid LayerId { get; init; }
    /// <summary>The key that what is written to it is encrypted with; null for a plain one.</summary>
    public string? EncryptionKeyId { get; init; }
    public string? GroupId { get; init; }
    /// <summary>GiB that an extension under way has taken from the quota; null outside of one.</summary>
    public long? GrowingToGib { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? UpdatedAt { get; init; }
}

/// <summary>Cinder's states of a volume.</summary>
public static class VolumeStatus
{
    public const string Creating = "creating";
    public const string Available = "available";
    public const string Reserved = "reserved";
    public const string Attaching = "attaching";
    public const string InUse = "in-use";
    public const string Detaching = "detaching";
    public const string Deleting = "deleting";
    public const string ErrorDeleting = "error_deleting";
    public const string Extending = "extending";
    public const string ErrorExtending = "error_extending";
    public const string Uploading = "uploading";
    public const string Downloading = "downloading";
    public const string Reverting = "reverting";
    public const string Retyping = "retyping";
    public const string Restoring = "restoring-backup";
    public const string BackingUp = "backing-up";
    public const string AwaitingTransfer = "awaiting-transfer";
    public const string Error = "error";
}

/// <summary>Where a new volume's content comes from.</summary>
public abstract record VolumeSource
{
    private VolumeSource() { }

    public sealed record Blank : VolumeSource;
    public sealed record FromImage(string ImageId) : VolumeSource;
    public sealed record FromSnapshot(string SnapshotId) : VolumeSource;
    public sealed record FromVolume(string VolumeId) : VolumeSource;
    public sealed record FromBackup(string BackupId) : VolumeSource;
}

/// <summary>A volume to be made, checked for its form but not yet against the rows.</summary>
public sealed record NewVolume
{
    /// <summary>Given where making it twice must make it once.</summary>
    public string? Id { get; init; }
    public string? Name { get; init; }
    public string? Description { get; init; }
    /// <summary>Null takes the size of the snapshot or volume it is made from.</summary>
    public long? SizeGib { get; init; }
    public VolumeSource Source { get; init; } = new VolumeSource.Blank();
    /// <summary>Name or id; null takes the default type.</summary>
    public string? VolumeType { get; init; }
    public string? AvailabilityZone { get; init; }
    public bool Multiattach { get; init; }
    public string? GroupId { get; init; }
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();
}

/// <summary>A volume whose making has begun; it is there when the saga is done.</summary>
public sealed record StartedVolume(string VolumeId, string SagaId);
