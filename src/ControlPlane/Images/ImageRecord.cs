namespace Cumulet.ControlPlane.Images;

/// <summary>One image as its rows have it.</summary>
public sealed record ImageRecord
{
    public required string Id { get; init; }
    public string? Name { get; init; }
    /// <summary>queued, saving, uploading, importing, active, deactivated: <see cref="ImageStatus"/>.</summary>
    public required string Status { get; init; }
    /// <summary>public, private, shared, community.</summary>
    public required string Visibility { get; init; }
    /// <summary>Null for an image that an administrator gave to nobody.</summary>
    public string? OwnerProjectId { get; init; }
    public bool Protected { get; init; }
    public bool Hidden { get; init; }
    public string? DiskFormat { get; init; }
    public string? ContainerFormat { get; init; }
    public long MinDiskGib { get; init; }
    public long MinRamMib { get; init; }
    /// <summary>Bytes that a download has; null until there are any.</summary>
    public long? SizeBytes { get; init; }
    /// <summary>Bytes of the disk a guest sees; null until known.</summary>
    public long? VirtualSizeBytes { get; init; }
    /// <summary>MD5 in lower-case hex.</summary>
    public string? Checksum { get; init; }
    public string? OsHashAlgo { get; init; }
    public string? OsHashValue { get; init; }
    /// <summary>The sealed layer that downloads are served from.</summary>
    public Guid? LayerId { get; init; }
    /// <summary>
    /// The sealed layer that disks are cloned from: the same for raw, qcow2 and iso, a converted one for the other formats;
    /// null where the bytes are no disk (a kernel in an archive, say).
    /// </summary>
    public Guid? BootLayerId { get; init; }
    /// <summary>Made of a server or a volume: downloaded raw through the layer chain.</summary>
    public bool Derived { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset UpdatedAt { get; init; }
    public IReadOnlyDictionary<string, string> Properties { get; init; } = new Dictionary<string, string>();
    public IReadOnlyList<string> Tags { get; init; } = [];

    public bool IsActive => Status == ImageStatus.Active;
}

/// <summary>The states of an image that a row can have; <c>deleted</c> is the row's absence.</summary>
public static class ImageStatus
{
    /// <summary>Described, no bytes.</summary>
    public const string Queued = "queued";
    /// <summary>An upload is running.</summary>
    public const string Saving = "saving";
    /// <summary>Bytes are being staged, or staged and waiting for an import.</summary>
    public const string Uploading = "uploading";
    /// <summary>An import is running.</summary>
    public const string Importing = "importing";
    public const string Active = "active";
    /// <summary>Kept, but nobody except an administrator may read it.</summary>
    public const string Deactivated = "deactivated";
}

/// <summary>An image that is made of a server or a volume, not of an upload.</summary>
public sealed record DerivedImage
{
    /// <summary>Given by the one who makes it, so that making it twice makes it once.</summary>
    public required string Id { get; init; }
    public required string Name { get; init; }
    /// <summary>GiB.</summary>
    public long MinDiskGib { get; init; }
    /// <summary>MiB.</summary>
    public long MinRamMib { get; init; }
    /// <summary>What Nova calls a snapshot is private; Cinder's upload may name another visibility.</summary>
    public string Visibility { get; init; } = "private";
    public bool Protected { get; init; }
    public string DiskFormat { get; init; } = "raw";
    public string ContainerFormat { get; init; } = "bare";
    public IReadOnlyDictionary<string, string> Properties { get; init; } = new Dictionary<string, string>();
}
