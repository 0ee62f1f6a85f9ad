using System.Text.Json;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Layers;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.BlockStorage.Manageable;

/// <summary>
/// A disk in the pool that no volume and no snapshot names any more: what os-unmanage leaves, until it is managed again.
/// Its name is what Cinder's LVM driver would have called it.
/// </summary>
/// <param name="VolumeId">For a snapshot the volume it is of.</param>
internal sealed record UnmanagedDisk(string Name, string? VolumeId, long SizeGib, bool Multiattach)
{
    public LayerHolder Holder => new("unmanaged", Name);

    public static string OfVolume(string id) => $"volume-{id}";

    public static string OfSnapshot(string id) => $"_snapshot-{id}";
}

/// <summary>The unmanaged disks' SQL.</summary>
internal static class UnmanagedDiskStore
{
    private static UnmanagedDisk Read(Row row) => new(row.Text(), row.TextOrNull(), row.Long(), row.Flag());

    public static UnmanagedDisk? Find(Tx tx, string name) =>
        tx.Find($"SELECT name, volume_id, size_gib, multiattach FROM unmanaged_disks WHERE name = {name}", Read);

    public static List<UnmanagedDisk> Volumes(Tx tx) =>
        tx.Query($"SELECT name, volume_id, size_gib, multiattach FROM unmanaged_disks WHERE volume_id IS NULL ORDER BY name", Read);

    public static List<UnmanagedDisk> Snapshots(Tx tx) =>
        tx.Query($"SELECT name, volume_id, size_gib, multiattach FROM unmanaged_disks WHERE volume_id IS NOT NULL ORDER BY name", Read);

    public static List<UnmanagedDisk> SnapshotsOf(Tx tx, string volumeId) =>
        tx.Query($"SELECT name, volume_id, size_gib, multiattach FROM unmanaged_disks WHERE volume_id = {volumeId} ORDER BY name", Read);

    /// <summary>From now on the pool keeps the layer for nobody but the one who manages it again.</summary>
    public static void Add(Tx tx, LayersRoom layers, UnmanagedDisk disk, Guid layer)
    {
        tx.Execute($"""
            INSERT INTO unmanaged_disks (name, volume_id, size_gib, multiattach)
            VALUES ({disk.Name}, {disk.VolumeId}, {disk.SizeGib}, {disk.Multiattach})
            """);
        layers.Hold(tx, layer, disk.Holder);
    }

    /// <summary>The layer has another holder, or goes.</summary>
    public static void Remove(Tx tx, LayersRoom layers, UnmanagedDisk disk)
    {
        tx.Execute($"DELETE FROM unmanaged_disks WHERE name = {disk.Name}");
        layers.Release(tx, disk.Holder);
    }

    /// <summary>The disk that a body's <c>ref</c> names, as <c>{"source-name": NAME}</c> or as the name alone.</summary>
    public static UnmanagedDisk Require(Tx tx, JsonElement reference, bool snapshot)
    {
        var name = reference.ValueKind == JsonValueKind.String ? reference.GetString() : reference.GetText("source-name");
        if (name is null) throw Invalid(reference, "Reference must contain source-name element.");
        if (Find(tx, name) is { } disk && disk.VolumeId is not null == snapshot) return disk;
        throw Invalid(reference, "Specified disk does not exist in the pool, or is managed already; see what GET of this address lists.");
    }

    private static Fault Invalid(JsonElement reference, string reason) => Fault.BadRequest(
        $"Manage existing volume failed due to invalid backend reference {reference.ToString().Truncated()}: {reason}");
}
