using System.Collections.Concurrent;
using Cumulet.ControlPlane.Layers;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.BlockStorage.Volumes;

/// <summary>
/// Forks a volume that a running guest writes to: its QEMU is told to go on in the new head. Compute, which knows the guests,
/// gives this; it must be idempotent: a guest that is on the new head already is left there.
/// </summary>
/// <param name="serverId">The server that has the volume attached.</param>
/// <returns>False when no QEMU has the volume open, so that the files may be changed directly.</returns>
public delegate Task<bool> ForkInGuest(string serverId, string volumeId, Guid head, Guid newHead, CancellationToken cancel);

/// <summary>Grows a volume that a running guest has open, through its QEMU. Idempotent: a disk that is that large already stays.</summary>
/// <param name="bytes">The size that it is to have.</param>
/// <returns>False when no QEMU has the volume open.</returns>
public delegate Task<bool> ExtendInGuest(string serverId, string volumeId, Guid head, long bytes, CancellationToken cancel);

/// <summary>Changes to a volume's head, whether a guest writes to it or not: constant time.</summary>
public sealed class VolumeForks(CloudParts parts, LayersRoom layers)
{
    private readonly ConcurrentDictionary<string, SemaphoreSlim> _held = new(StringComparer.Ordinal);

    /// <summary>Why a volume that several servers may write to at once is not forked: a chain of overlays knows one writer.</summary>
    internal static string NoMultiattach(string volumeId) =>
        $"Volume {volumeId} is multiattach: its disk is one raw file, of which no snapshot, copy or image can be taken.";

    /// <summary>Set by Compute when the rooms are put together.</summary>
    public ForkInGuest InGuest { get; set; } = (_, _, _, _, _) => Task.FromResult(false);

    /// <summary>Set by Compute when the rooms are put together.</summary>
    public ExtendInGuest GrowInGuest { get; set; } = (_, _, _, _, _) => Task.FromResult(false);

    /// <summary>Set by Compute: a volume of this server grew because somebody asked for it.</summary>
    internal Action<Tx, string> TellServer { get; set; } = static (_, _) => { };

    internal void TellServerOf(Tx tx, string volumeId)
    {
        if (User(tx, volumeId) is { } server) TellServer(tx, server);
    }

    /// <summary>
    /// Keeps a volume's head what it is until the result is disposed. Compute holds it from reading the head to having it open
    /// in QEMU: a snapshot taken in between would seal the file under the guest.
    /// </summary>
    public async Task<IDisposable> Hold(string volumeId, CancellationToken cancel)
    {
        var gate = _held.GetOrAdd(volumeId, _ => new SemaphoreSlim(1, 1));
        await gate.WaitAsync(cancel);
        return new Release(gate);
    }

    /// <summary>
    /// Plans the next head of a volume in a step of a saga; null where the volume has gone. The plan is undone with
    /// <see cref="Unplan"/> as long as the fork was not made.
    /// </summary>
    internal PlannedFork? Plan(Tx tx, string volumeId)
    {
        if (VolumeStore.Find(tx, volumeId) is not { } volume) return null;
        var fork = new PlannedFork(volume.LayerId, Guid.NewGuid());
        layers.PlanFork(tx, fork.Head, fork.NewHead);
        return fork;
    }

    internal async Task Unplan(string volumeId, PlannedFork fork)
    {
        if (parts.Database.Read(tx => VolumeStore.Find(tx, volumeId)?.LayerId == fork.NewHead)) return;
        await layers.Discard(fork.NewHead);
    }

    /// <summary>Seals the head and puts the new one on it. The old head is held by <paramref name="holder"/> afterwards. Twice is once.</summary>
    public async Task Fork(string volumeId, Guid head, Guid newHead, LayerHolder holder, CancellationToken cancel)
    {
        using var held = await Hold(volumeId, cancel);
        var (done, server) = parts.Database.Read(tx => (layers.HeldBy(tx, holder)?.Id == head, User(tx, volumeId)));
        if (done) return;
        if (server is null || !await InGuest(server, volumeId, head, newHead, cancel))
            await layers.Fork(head, newHead, cancel);
        await parts.Database.Write(tx =>
        {
            layers.Forked(tx, head, newHead, holder);
            VolumeStore.SetLayer(tx, volumeId, newHead);
        });
    }

    /// <summary>Makes the disk that large, in the guest that has it open or in the file.</summary>
    public async Task Grow(string volumeId, long bytes, CancellationToken cancel)
    {
        using var held = await Hold(volumeId, cancel);
        var (head, server) = parts.Database.Read(tx => (VolumeStore.Find(tx, volumeId)?.LayerId, User(tx, volumeId)));
        if (head is not { } layer) return;
        if (server is null || !await GrowInGuest(server, volumeId, layer, bytes, cancel)) await layers.Resize(layer, bytes, cancel);
        else await parts.Database.Write(tx => layers.Grown(tx, layer, bytes));
    }

    private static string? User(Tx tx, string volumeId) => tx.Find($"""
        SELECT server_id FROM volume_attachments WHERE volume_id = {volumeId} AND by_compute = 1 AND status IN ('attaching', 'attached', 'detaching')
        """, row => row.TextOrNull());

    private sealed class Release(SemaphoreSlim gate) : IDisposable
    {
        private SemaphoreSlim? _gate = gate;

        public void Dispose() => Interlocked.Exchange(ref _gate, null)?.Release();
    }
}

/// <summary>A volume's head and the one that is to follow it.</summary>
public sealed record PlannedFork(Guid Head, Guid NewHead);
