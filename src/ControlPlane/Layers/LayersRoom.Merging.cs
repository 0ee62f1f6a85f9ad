using Cumulet.ControlPlane.Sagas;
using Cumulet.ControlPlane.Store;
using Cumulet.Disks;

namespace Cumulet.ControlPlane.Layers;

/// <summary>Layers to be taken out of a chain.</summary>
/// <param name="Layer">It takes in what they hold.</param>
/// <param name="Taken">They go out of the chain, from top to base.</param>
/// <param name="Below">What the layer stands on afterwards.</param>
/// <param name="Holders">Who has a disk on the layer, or in it.</param>
public sealed record LayerMerge(DiskLayer Layer, IReadOnlyList<DiskLayer> Taken, DiskLayer? Below, IReadOnlyList<LayerHolder> Holders);

/// <summary>
/// Does a merge through the guest that has the layer open; Compute, which knows the guests, gives this. It must be
/// idempotent. False when no guest has it open, so that the files may be changed directly; an exception when it cannot be
/// done now.
/// </summary>
public delegate Task<bool> MergeInGuest(LayerMerge merge, CancellationToken cancel);

public sealed partial class LayersRoom
{
    private readonly LayerGates _gates = new();
    private readonly LayerMerger _merger;

    /// <summary>Set by Compute when the rooms are put together.</summary>
    public MergeInGuest InGuest { get; set; } = (_, _) => Task.FromResult(false);

    /// <summary>Begins what needs guests and sagas to be there.</summary>
    public void Begin() => _merger.Begin();

    public string Summary(Tx tx) => $"{LayerStore.Count(tx)}, {_merger.Summary(tx)}";

    /// <summary>Keeps a disk's files as its chain names them, from reading the chain to having it open.</summary>
    public Task<IDisposable> HoldStill(Guid top, CancellationToken cancel) =>
        _gates.Still([.. _parts.Database.Read(tx => LayerStore.Chain(tx, top)).Select(l => l.Id)], cancel);

    /// <summary>Copies what lies between a layer and <paramref name="below"/> into it; what is read through it stays the same.</summary>
    internal async Task TakeIn(Guid layer, Guid? below, CancellationToken cancel)
    {
        using var merge = _gates.TryMerge(layer, cancel) ?? throw new NotNowException("it is in use");
        try
        {
            await TakeIn(layer, below, merge);
        }
        catch (Exception) when (merge.Broken.IsCancellationRequested && !cancel.IsCancellationRequested)
        {
            throw new NotNowException("somebody else wanted it");
        }
    }

    private async Task TakeIn(Guid layer, Guid? below, LayerGates.Merge merge)
    {
        var (chain, refs, holders) = _parts.Database.Read(tx =>
        {
            var layers = LayerStore.Chain(tx, layer);
            return (layers, RefsOf(tx, layers), LayerStore.HoldersOn(tx, layer));
        });
        var rest = below is null ? chain.Count : chain.FindIndex(l => l.Id == below);
        if (chain is not [{ State: LayerState.Head or LayerState.Sealed }, ..] || rest < 1)
            throw new NotNowException("its chain is another by now");
        // The rows say so already: an earlier run came this far.
        if (rest == 1) return;
        var open = _pool.Open(refs).Layers;
        var wanted = new LayerMerge(open[0], [.. open.Take(rest).Skip(1)], rest < open.Count ? open[rest] : null, holders);
        if (!await InGuest(wanted, merge.Broken)) await _pool.MergeAsync(refs, rest - 1, merge.Broken);
    }

    /// <summary>The layer has what was between it and <paramref name="below"/>; that goes where nobody else needs it.</summary>
    internal void StandOn(Tx tx, Guid layer, Guid? below)
    {
        if (LayerStore.Find(tx, layer) is not { State: LayerState.Head or LayerState.Sealed, ParentId: { } parent } || parent == below) return;
        LayerStore.SetParent(tx, layer, below);
        Retire(tx, parent);
    }
}
