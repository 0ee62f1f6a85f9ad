using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Compute.Servers;

/// <summary>What a disk of a server is for.</summary>
public enum DiskRole { Root, Ephemeral, Swap, Volume, Rescue }

/// <summary>One disk of a server as its row has it: a layer of its own (local) or an attached volume.</summary>
public sealed record ServerDisk
{
    public required string Id { get; init; }
    public required string ServerId { get; init; }
    public required int Position { get; init; }
    public required DiskRole Role { get; init; }
    /// <summary>image, volume, snapshot, blank.</summary>
    public required string Source { get; init; }
    /// <summary>local, volume.</summary>
    public required string Destination { get; init; }
    public int? BootIndex { get; init; }
    public bool DeleteOnTermination { get; init; }
    public string? DeviceName { get; init; }
    public string? ImageId { get; init; }
    public string? SnapshotId { get; init; }
    /// <summary>The volume; null until it is made.</summary>
    public string? VolumeId { get; init; }
    public string? VolumeType { get; init; }
    public string? AttachmentId { get; init; }
    /// <summary>The head of a local disk.</summary>
    public Guid? LayerId { get; init; }
    public long? SizeGib { get; init; }
    /// <summary>For swap, which is counted in MiB.</summary>
    public long? SizeMib { get; init; }
    public string? DiskBus { get; init; }
    public string? DeviceType { get; init; }
    public string? GuestFormat { get; init; }
    public string? Tag { get; init; }
    public bool ReadOnly { get; init; }
    /// <summary>The name inside QEMU where it does not follow from the volume.</summary>
    public string? OwnDeviceId { get; init; }
    /// <summary>The guest has it, or will have it at its next start.</summary>
    public bool Attached { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }

    public bool IsVolume => Destination == "volume";
    public bool IsRoot => BootIndex == 0;

    /// <summary>
    /// The name of the device inside QEMU: stable over restarts of guest and daemon, unique in the server.
    /// </summary>
    public string DeviceId => OwnDeviceId ?? (IsVolume && VolumeId is { } volume ? Named('v', volume) : Named('d', Id));

    /// <summary>A name for a disk that shall be found by its row alone.</summary>
    public static string NamedByRow(string id) => Named('d', id);

    private static string Named(char kind, string id) => $"{kind}{id.Replace("-", "", StringComparison.Ordinal)[..19]}";

    /// <summary>What the guest reads as serial: the beginning of the volume's id, as Nova has it.</summary>
    public string? Serial => VolumeId?[..20];
}

/// <summary>A volume of a server as its JSON has it.</summary>
public sealed record ServerVolume(string Id, bool DeleteOnTermination);

/// <summary>The disks' SQL.</summary>
internal static class ServerDiskStore
{
    private const string Columns = """
        id, server_id, position, role, source, destination, boot_index, delete_on_termination, device_name, image_id, snapshot_id,
        volume_id, volume_type, attachment_id, layer_id, size_gib, size_mib, disk_bus, device_type, guest_format, tag, read_only,
        attached, created_at, device_id
        """;

    public static void Insert(Tx tx, ServerDisk d) => tx.Execute($"""
        INSERT INTO server_block_devices ({Sql.Raw(Columns)})
        VALUES ({d.Id}, {d.ServerId}, {d.Position}, {Text(d.Role)}, {d.Source}, {d.Destination}, {d.BootIndex}, {d.DeleteOnTermination},
            {d.DeviceName}, {d.ImageId}, {d.SnapshotId}, {d.VolumeId}, {d.VolumeType}, {d.AttachmentId}, {d.LayerId}, {d.SizeGib},
            {d.SizeMib}, {d.DiskBus}, {d.DeviceType}, {d.GuestFormat}, {d.Tag}, {d.ReadOnly}, {d.Attached}, {d.CreatedAt}, {d.OwnDeviceId})
        """);

    public static List<ServerDisk> Of(Tx tx, string serverId) => tx.Query(
        $"SELECT {Sql.Raw(Columns)} FROM server_block_devices WHERE server_id = {serverId} ORDER BY position", Read);

    /// <summary>The volumes of servers, and no more of them than lists show.</summary>
    public static ILookup<string, ServerVolume> VolumesOf(Tx tx, IReadOnlyCollection<string> serverIds) => tx.Query(
        $"""
        SELECT server_id, volume_id, delete_on_termination FROM server_block_devices
        WHERE server_id IN {serverIds} AND destination = 'volume' AND volume_id IS NOT NULL ORDER BY position
        """, row => (Server: row.Text(), Volume: new ServerVolume(row.Text(), row.Flag())))
        .ToLookup(r => r.Server, r => r.Volume);

    public static ServerDisk? Find(Tx tx, string id) =>
        tx.Find($"SELECT {Sql.Raw(Columns)} FROM server_block_devices WHERE id = {id}", Read);

    public static ServerDisk? FindVolume(Tx tx, string serverId, string volumeId) => tx.Find(
        $"SELECT {Sql.Raw(Columns)} FROM server_block_devices WHERE server_id = {serverId} AND volume_id = {volumeId}", Read);

    public static List<ServerDisk> OfVolume(Tx tx, string volumeId) => tx.Query(
        $"SELECT {Sql.Raw(Columns)} FROM server_block_devices WHERE volume_id = {volumeId}", Read);

    public static void SetVolume(Tx tx, string id, string volumeId, long? sizeGib) => tx.Execute(
        $"UPDATE server_block_devices SET volume_id = {volumeId}, size_gib = COALESCE({sizeGib}, size_gib) WHERE id = {id}");

    public static void SetAttachment(Tx tx, string id, string? attachmentId) =>
        tx.Execute($"UPDATE server_block_devices SET attachment_id = {attachmentId} WHERE id = {id}");

    public static void SetLayer(Tx tx, string id, Guid? layer) =>
        tx.Execute($"UPDATE server_block_devices SET layer_id = {layer} WHERE id = {id}");

    public static void SetImage(Tx tx, string id, string imageId) =>
        tx.Execute($"UPDATE server_block_devices SET image_id = {imageId} WHERE id = {id}");

    public static void SetAttached(Tx tx, string id, bool attached) =>
        tx.Execute($"UPDATE server_block_devices SET attached = {attached} WHERE id = {id}");

    public static void SetDeleteOnTermination(Tx tx, string id, bool delete) =>
        tx.Execute($"UPDATE server_block_devices SET delete_on_termination = {delete} WHERE id = {id}");

    /// <summary>The disk is another volume from now on; inside the guest it stays the device that it was.</summary>
    public static void Swap(Tx tx, ServerDisk disk, string volumeId, string attachmentId, long sizeGib) => tx.Execute($"""
        UPDATE server_block_devices SET volume_id = {volumeId}, attachment_id = {attachmentId}, size_gib = {sizeGib}, device_id = {disk.DeviceId}
        WHERE id = {disk.Id}
        """);

    public static void Delete(Tx tx, string id) => tx.Execute($"DELETE FROM server_block_devices WHERE id = {id}");

    private static ServerDisk Read(Row row) => new()
    {
        Id = row.Text(),
        ServerId = row.Text(),
        Position = row.Int(),
        Role = RoleOf(row.Text()),
        Source = row.Text(),
        Destination = row.Text(),
        BootIndex = row.IntOrNull(),
        DeleteOnTermination = row.Flag(),
        DeviceName = row.TextOrNull(),
        ImageId = row.TextOrNull(),
        SnapshotId = row.TextOrNull(),
        VolumeId = row.TextOrNull(),
        VolumeType = row.TextOrNull(),
        AttachmentId = row.TextOrNull(),
        LayerId = row.TextOrNull() is { } layer ? Guid.Parse(layer) : null,
        SizeGib = row.LongOrNull(),
        SizeMib = row.LongOrNull(),
        DiskBus = row.TextOrNull(),
        DeviceType = row.TextOrNull(),
        GuestFormat = row.TextOrNull(),
        Tag = row.TextOrNull(),
        ReadOnly = row.Flag(),
        Attached = row.Flag(),
        CreatedAt = row.Time(),
        OwnDeviceId = row.TextOrNull(),
    };

    private static DiskRole RoleOf(string text) => text switch
    {
        "root" => DiskRole.Root,
        "ephemeral" => DiskRole.Ephemeral,
        "swap" => DiskRole.Swap,
        "rescue" => DiskRole.Rescue,
        "volume" => DiskRole.Volume,
        _ => throw new InvalidDataException($"a disk has the unknown role '{text}'"),
    };

    private static string Text(DiskRole role) => role switch
    {
        DiskRole.Root => "root",
        DiskRole.Ephemeral => "ephemeral",
        DiskRole.Swap => "swap",
        DiskRole.Rescue => "rescue",
        _ => "volume",
    };
}
