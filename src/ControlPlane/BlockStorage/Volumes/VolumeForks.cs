using Cumulet.ControlPlane.Layers;

namespace Cumulet.ControlPlane.BlockStorage.Volumes;

/// <summary>
/// Forks a volume that a running guest writes to: its QEMU is told to go on in the new head. Compute, which knows the guests,
/// gives this; it must be idempotent: a guest that is on the new head already is left there.
/// </summary>
/// <param name="serverId">The server that has the volume attached.</param>
/// <returns>False when no QEMU has the volume open, so that the files may be changed directly.</returns>
public delegate Task<bool> ForkInGuest(string serverId, string volumeId, Guid head, Guid newHead, CancellationToken cancel);

/// <summary>Seals a volume's head and puts a new one on it, whether a guest writes to it or not: constant time.</summary>
public sealed class VolumeForks(CloudParts parts, LayersRoom layers)
{
    /// <summary>Set by Compute when the rooms are put together.</summary>
    public ForkInGuest InGuest { get; set; } = (_, _, _, _, _) => Task.FromResult(false);

    /// <summary>The old head is held by <paramref name="holder"/> afterwards. Again after a crash: the same result.</summary>
    public async Task Fork(string volumeId, Guid head, Guid newHead, LayerHolder holder, CancellationToken cancel)
    {
        var (done, server) = parts.Database.Read(tx => (
            layers.HeldBy(tx, holder)?.Id == head,
            tx.Find($"SELECT server_id FROM volume_attachments WHERE volume_id = {volumeId} AND status = 'attached'", row => row.TextOrNull())));
        if (done) return;
        if (server is null || !await InGuest(server, volumeId, head, newHead, cancel))
            await layers.Fork(head, newHead, cancel);
        await parts.Database.Write(tx =>
        {
            layers.Forked(tx, head, newHead, holder);
            VolumeStore.SetLayer(tx, volumeId, newHead);
        });
    }
}
