using Cumulet.ControlPlane.Layers.Keys;
using Cumulet.ControlPlane.Store;
using Cumulet.Disks;
using Cumulet.Disks.Inspection;
using Cumulet.Disks.Local;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;

namespace Cumulet.ControlPlane.Layers;

/// <summary>
/// The layer store: every image, volume, snapshot and server disk is a reference to a layer (docs/decisions).
///
///     image ──▶ L1 sealed ◀── L2 head ◀── volume        The row comes first (creating), then the file, then the state
///                 ▲                                      head or sealed: so every file belongs to a row at every moment,
///                 └── L3 head ◀── server disk            and a crash leaves a row that says what to remove.
///
/// A layer goes when nobody refers to it and nothing stands on it: then its parent is asked the same.
/// </summary>
public sealed partial class LayersRoom
{
    private readonly CloudParts _parts;
    private readonly string _root;
    private readonly IPool _pool;
    private readonly ILogger _log;

    public LayersRoom(CloudParts parts)
    {
        _parts = parts;
        _log = parts.Logging.CreateLogger("layers");
        _root = Path.GetFullPath(Path.Combine(parts.Options.StateDirectory, "disks"));
        _master = MasterKey.Open(Path.Combine(parts.Options.StateDirectory, MasterKey.FileName), parts.Database.Read(KeyStore.Any));
        _pool = new LocalPool(new LocalPoolOptions(_root) { ReservedBytes = parts.Options.DiskReserve });
        _merger = new LayerMerger(parts, parts.Sagas.Register(new MergeLayer(this)), _log);
        Recover();
        _reaper = Task.Run(Reap);
    }

    // ── rows, in the callers' transactions ──

    /// <summary>Says in the caller's transaction that a layer is being made; <see cref="Make"/> makes it.</summary>
    public void Plan(Tx tx, LayerPlan plan)
    {
        var parent = plan.Parent is { } id ? LayerStore.Find(tx, id) : null;
        if (plan.Parent is not null && parent is not { State: LayerState.Sealed })
            throw new InvalidOperationException($"layer {plan.Id} cannot stand on {plan.Parent}, which is not sealed");
        // Never a plain layer on an encrypted one: a merge would write out what was to be kept secret. A copy stands on nothing;
        // who plans a plain one of something encrypted has been told to.
        if (parent?.KeyId is not null && plan is { KeyId: null, Origin: not LayerOrigin.Copy })
            throw new InvalidOperationException($"layer {plan.Id} would be plain and its parent {plan.Parent} is encrypted");
        LayerStore.Insert(tx, plan, _parts.Time.GetUtcNow());
    }

    public Layer? Find(Tx tx, Guid id) => LayerStore.Find(tx, id);

    public Layer? HeldBy(Tx tx, LayerHolder holder) => LayerStore.HeldBy(tx, holder);

    /// <summary>One more reference to a layer that is there. A holder has one layer: holding another lets go of the first.</summary>
    public void Hold(Tx tx, Guid layer, LayerHolder holder)
    {
        if (LayerStore.Find(tx, layer) is not { State: not LayerState.Deleting })
            throw new InvalidOperationException($"layer {layer} is gone; {holder.Kind} {holder.Id} cannot hold it");
        var before = LayerStore.HeldBy(tx, holder);
        LayerStore.Hold(tx, layer, holder);
        if (before is not null && before.Id != layer) Retire(tx, before.Id);
    }

    /// <summary>Drops a reference; the layer goes when it was the last and nothing stands on it. Twice is once.</summary>
    public void Release(Tx tx, LayerHolder holder)
    {
        var layer = LayerStore.HeldBy(tx, holder);
        LayerStore.Drop(tx, holder);
        if (layer is not null) Retire(tx, layer.Id);
    }

    private void Retire(Tx tx, Guid id)
    {
        if (LayerStore.RetireIfUnused(tx, id)) tx.AfterCommit(() => ToReaper(id));
        else tx.AfterCommit(_merger.Poke);
    }

    /// <summary>The disk as a guest or a tool opens it, top to base, each file with its format.</summary>
    public DiskChain ChainOf(Guid top) => _pool.Open(RefsOf(top));

    public PoolCapacity Capacity() => _pool.Capacity();

    /// <summary>Bytes that the layer itself takes on the disk.</summary>
    public LayerUsage Usage(Layer layer) => _pool.Usage(new LayerRef(layer.Id, layer.Format));

    // ── files, in the steps of sagas: idempotent ──

    /// <summary>Makes the file of a planned blank, clone or copy; a layer that is made already is left alone.</summary>
    public async Task Make(Guid id, CancellationToken cancel)
    {
        var layer = _parts.Database.Read(tx => LayerStore.Find(tx, id)) ?? throw new InvalidOperationException($"no layer {id} is planned");
        if (layer.State != LayerState.Creating) return;
        switch (layer.Origin)
        {
            case LayerOrigin.Blank:
                await _pool.BlankAsync(id, layer.VirtualSize, layer.Format, KeyOf(layer), cancel);
                break;
            case LayerOrigin.Clone:
                await _pool.CloneAsync(id, RefsOf(layer.ParentId!.Value), layer.VirtualSize, KeyOf(layer), cancel);
                break;
            case LayerOrigin.Copy:
                using (await HoldStill(layer.ParentId!.Value, cancel))
                    await _pool.CopyAsync(
                        id, RefsOf(layer.ParentId!.Value), layer.Format, layer.VirtualSize == 0 ? null : layer.VirtualSize, KeyOf(layer), cancel);
                break;
            default:
                throw new InvalidOperationException($"layer {id} is a {layer.Origin} and not made so");
        }
        await _parts.Database.Write(tx =>
        {
            LayerStore.SetState(tx, id, LayerState.Head);
            if (layer.Origin != LayerOrigin.Copy) return;
            // A copy no longer needs what it was read from.
            LayerStore.SetParent(tx, id, null);
            Retire(tx, layer.ParentId!.Value);
        });
    }

    /// <summary>Makes a planned raw head of what <paramref name="write"/> puts into it.</summary>
    public async Task Fill(Guid id, Func<SafeFileHandle, CancellationToken, Task> write, CancellationToken cancel)
    {
        var layer = _parts.Database.Read(tx => LayerStore.Find(tx, id)) ?? throw new InvalidOperationException($"no layer {id} is planned");
        if (layer is not { State: LayerState.Creating, Origin: LayerOrigin.Import, Format: DiskFormat.Raw }) return;
        await _pool.FillAsync(id, layer.VirtualSize, write, cancel);
        await _parts.Database.Write(tx => LayerStore.SetState(tx, id, LayerState.Head));
    }

    /// <summary>Makes a planned difference: sealed, with what <paramref name="source"/> reads differently than the layer's parent.</summary>
    public async Task MakeDifference(Guid id, Guid source, CancellationToken cancel)
    {
        var layer = _parts.Database.Read(tx => LayerStore.Find(tx, id)) ?? throw new InvalidOperationException($"no layer {id} is planned");
        if (layer is not { State: LayerState.Creating, Origin: LayerOrigin.Difference, ParentId: { } parent }) return;
        using (await HoldStill(source, cancel))
        using (await HoldStill(parent, cancel))
            await _pool.DifferenceAsync(id, RefsOf(source), RefsOf(parent), KeyOf(layer), cancel);
        await _parts.Database.Write(tx =>
        {
            LayerStore.SetState(tx, id, LayerState.Sealed);
            // The chain is one longer.
            tx.AfterCommit(_merger.Poke);
        });
    }

    /// <summary>
    /// Takes an upload into a planned layer. <see cref="DiskException"/> says why bytes are refused; the plan then still
    /// stands and the caller discards it.
    /// </summary>
    /// <param name="expectedBytes">What the client announced, or null.</param>
    public async Task<LayerUpload> Import(Guid id, Stream bytes, long? expectedBytes, long maxBytes, CancellationToken cancel)
    {
        var layer = _parts.Database.Read(tx => LayerStore.Find(tx, id)) ?? throw new InvalidOperationException($"no layer {id} is planned");
        var done = await _pool.ImportAsync(id, bytes, new ImportTerms(layer.Format, expectedBytes, maxBytes, new InspectionLimits()), cancel);
        await _parts.Database.Write(tx =>
        {
            LayerStore.SetSize(tx, id, done.VirtualSize);
            LayerStore.SetState(tx, id, LayerState.Sealed);
        });
        return new LayerUpload(done.Size, done.VirtualSize, done.Checksum, done.Sha512);
    }

    /// <summary>From now on nobody writes to a head that no guest has open.</summary>
    public async Task Seal(Guid head, CancellationToken cancel)
    {
        var layer = _parts.Database.Read(tx => LayerStore.Find(tx, head)) ?? throw new InvalidOperationException($"no layer {head}");
        if (layer.State == LayerState.Sealed) return;
        using var still = await _gates.Still([head], cancel);
        await _pool.SealAsync(new LayerRef(head, layer.Format), cancel);
        await _parts.Database.Write(tx => LayerStore.SetState(tx, head, LayerState.Sealed));
    }

    /// <summary>The undo of <see cref="Seal"/>, as long as nothing stands on the layer.</summary>
    public async Task Unseal(Guid layer, CancellationToken cancel)
    {
        var found = _parts.Database.Read(tx => LayerStore.Find(tx, layer));
        if (found is not { State: LayerState.Sealed }) return;
        using var still = await _gates.Still([layer], cancel);
        await _pool.UnsealAsync(new LayerRef(layer, found.Format), cancel);
        await _parts.Database.Write(tx => LayerStore.SetState(tx, layer, LayerState.Head));
    }

    /// <summary>Takes back a plan and whatever was made of it.</summary>
    public async Task Discard(Guid id)
    {
        await RemoveFile(id);
        await _parts.Database.Write(tx =>
        {
            var layer = LayerStore.Find(tx, id);
            LayerStore.DropAll(tx, id);
            LayerStore.Delete(tx, id);
            ForgetKeyOf(tx, layer);
            if (layer?.ParentId is { } below) Retire(tx, below);
        });
    }

    /// <summary>Grows a head that no guest has open.</summary>
    public async Task Resize(Guid head, long bytes, CancellationToken cancel)
    {
        using var still = await HoldStill(head, cancel);
        await _pool.ResizeAsync(RefsOf(head), bytes, cancel);
        await _parts.Database.Write(tx => LayerStore.SetSize(tx, head, bytes));
    }

    /// <summary>A guest's QEMU has grown it.</summary>
    public void Grown(Tx tx, Guid head, long bytes) => LayerStore.SetSize(tx, head, bytes);

    // ── snapshots: the head is sealed, a new head stands on it ──

    /// <summary>Plans the new head of a fork; its holder stays with the old one until <see cref="Forked"/>.</summary>
    public void PlanFork(Tx tx, Guid head, Guid newHead)
    {
        var old = LayerStore.Find(tx, head) ?? throw new InvalidOperationException($"no layer {head}");
        var fork = new LayerPlan(newHead, LayerOrigin.Clone, head, DiskFormat.Qcow2, old.VirtualSize, new LayerHolder("fork", newHead.ToString())) { KeyId = old.KeyId };
        LayerStore.Insert(tx, fork, _parts.Time.GetUtcNow());
    }

    /// <summary>
    /// Seals the head and makes the planned new one on it. A guest that has the old head open is told afterwards to go on in
    /// the new one (<c>blockdev-snapshot</c>): the seal is a mark on the file, its descriptor stays writable until then.
    /// </summary>
    public async Task Fork(Guid head, Guid newHead, CancellationToken cancel)
    {
        using var still = await _gates.Still([head], cancel);
        await _pool.ForkAsync(RefsOf(head), newHead, cancel);
    }

    /// <summary>In one commit: the old head is sealed and held by the snapshot, the new head is the old holder's.</summary>
    public void Forked(Tx tx, Guid head, Guid newHead, LayerHolder snapshot)
    {
        // Twice is once: the second time would take the new head from its holder.
        if (LayerStore.Find(tx, newHead) is { State: not LayerState.Creating }) return;
        LayerStore.SetState(tx, head, LayerState.Sealed);
        LayerStore.SetState(tx, newHead, LayerState.Head);
        LayerStore.DropAll(tx, newHead);
        LayerStore.MoveHolders(tx, head, newHead);
        LayerStore.Hold(tx, head, snapshot);
        // The chain is one longer.
        tx.AfterCommit(_merger.Poke);
    }

    // ── reading ──

    /// <summary>What a guest would read, through the whole chain, as raw bytes.</summary>
    public async Task<Stream> OpenRaw(Guid layer, CancellationToken cancel)
    {
        using var still = await HoldStill(layer, cancel);
        return await _pool.ExportAsync(RefsOf(layer), ExportAs.Raw, cancel);
    }

    /// <summary>The layer's own file byte for byte as it was uploaded.</summary>
    public Task<Stream> OpenStored(Guid layer, CancellationToken cancel) =>
        _pool.ExportAsync([RefsOf(layer)[0]], ExportAs.AsUploaded, cancel);
}
