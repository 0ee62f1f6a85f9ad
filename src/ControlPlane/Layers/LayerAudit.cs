using Cumulet.ControlPlane.Store;
using Cumulet.Disks;

namespace Cumulet.ControlPlane.Layers;

/// <summary>Where the files of the pool, the rows of layers and their references do not agree; a pure decision.</summary>
internal static class LayerAudit
{
    /// <param name="waiting">Layers the reaper is to remove, with the reason where it could not.</param>
    public static IEnumerable<string> Findings(
        IReadOnlyList<Layer> layers, IReadOnlyList<(LayerHolder Holder, Guid Layer)> references,
        PoolInventory files, IReadOnlyDictionary<Guid, string> waiting)
    {
        var known = layers.ToDictionary(l => l.Id);
        foreach (var orphan in files.Orphans)
            if (!waiting.ContainsKey(orphan.Id)) yield return $"the file of layer {orphan.Id} belongs to no row";
        foreach (var stranger in files.Strangers) yield return $"the file {stranger} in the pool is no layer's";
        foreach (var id in files.Missing)
            if (known[id].State is LayerState.Head or LayerState.Sealed) yield return $"layer {id} has no file";
        foreach (var (id, reason) in waiting)
            if (reason.Length > 0) yield return $"layer {id} could not be removed: {reason}";
        foreach (var (holder, layer) in references)
        {
            if (!known.TryGetValue(layer, out var held)) yield return $"{holder.Kind} {holder.Id} holds layer {layer}, which is not there";
            else if (held.State == LayerState.Deleting) yield return $"{holder.Kind} {holder.Id} holds layer {layer}, which is being removed";
        }
        var needed = references.Select(r => r.Layer).Concat(layers.Where(l => l.ParentId is not null).Select(l => l.ParentId!.Value)).ToHashSet();
        foreach (var layer in layers)
        {
            if (layer.State != LayerState.Deleting && !needed.Contains(layer.Id)) yield return $"layer {layer.Id} is {layer.State.ToString().ToLowerInvariant()} and nobody needs it";
            if (layer.State == LayerState.Deleting && !waiting.ContainsKey(layer.Id)) yield return $"layer {layer.Id} is to be removed and nobody does it";
            if (layer.ParentId is { } parent && !known.ContainsKey(parent)) yield return $"layer {layer.Id} stands on {parent}, which is not there";
            if (layer is { State: LayerState.Head or LayerState.Sealed, ParentId: { } below } && known.TryGetValue(below, out var under) && under.State != LayerState.Sealed)
                yield return $"layer {layer.Id} stands on {below}, which is not sealed";
        }
    }
}
