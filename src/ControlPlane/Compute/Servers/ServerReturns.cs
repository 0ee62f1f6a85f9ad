using System.Text.Json;
using Cumulet.ControlPlane.Images;
using Cumulet.ControlPlane.Layers;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Compute.Servers;

/// <summary>How a server comes back from where it rests.</summary>
internal sealed record ServerReturn(string OldVmState, ServerFlavor? OldFlavor, string? ShelvedImageId, string? OldHost = null);

/// <summary>The returns' SQL, and the layers that are kept for one.</summary>
internal sealed class ServerReturns(LayersRoom layers, ImagesRoom images)
{
    /// <summary>Keeps a disk as it was before a resize, until that is confirmed or reverted.</summary>
    public static LayerHolder Before(string serverId, string diskId) => new("server-resize", $"{serverId}/{diskId}");

    public static ServerReturn? Find(Tx tx, string serverId) => tx.Find(
        $"SELECT old_vm_state, old_flavor, shelved_image_id, old_host FROM server_returns WHERE server_id = {serverId}",
        row => new ServerReturn(
            row.Text(),
            row.TextOrNull() is { } flavor ? JsonSerializer.Deserialize(flavor, ServerRowJson.Default.ServerFlavor) : null,
            row.TextOrNull(),
            row.TextOrNull()));

    public static void Save(Tx tx, string serverId, ServerReturn wanted) => tx.Execute($"""
        INSERT INTO server_returns (server_id, old_vm_state, old_flavor, shelved_image_id, old_host)
        VALUES ({serverId}, {wanted.OldVmState},
            {(wanted.OldFlavor is { } flavor ? JsonSerializer.Serialize(flavor, ServerRowJson.Default.ServerFlavor) : null)},
            {wanted.ShelvedImageId}, {wanted.OldHost})
        ON CONFLICT (server_id) DO UPDATE SET old_vm_state = excluded.old_vm_state, old_flavor = excluded.old_flavor,
            shelved_image_id = excluded.shelved_image_id, old_host = excluded.old_host
        """);

    /// <summary>The server came back or goes for good: nothing is kept for its return any more.</summary>
    public void Forget(Tx tx, string serverId)
    {
        if (Find(tx, serverId) is not { } kept) return;
        foreach (var disk in ServerDiskStore.Of(tx, serverId)) layers.Release(tx, Before(serverId, disk.Id));
        if (kept.ShelvedImageId is { } image) images.DeleteDerived(tx, image);
        tx.Execute($"DELETE FROM server_returns WHERE server_id = {serverId}");
    }
}
