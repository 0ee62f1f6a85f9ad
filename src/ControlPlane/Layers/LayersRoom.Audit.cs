using Cumulet.ControlPlane.Store;
using Cumulet.Disks;

namespace Cumulet.ControlPlane.Layers;

/// <summary>What <c>cumulet audit</c> asks of the layers: rows, references and files agree, and the files are what the rows say.</summary>
public sealed partial class LayersRoom
{
    /// <summary>What does not agree between rows, references and files; empty when all is well.</summary>
    public IReadOnlyList<string> Audit()
    {
        var waiting = _unreaped.ToDictionary();
        var (layers, references) = _parts.Database.Read(tx => (LayerStore.All(tx), tx.Query(
            $"SELECT kind, holder_id, layer_id FROM layer_references",
            row => (new LayerHolder(row.Text(), row.Text()), Guid.Parse(row.Text())))));
        return [.. LayerAudit.Findings(layers, references, _pool.Compare(layers.Select(l => l.Id).ToHashSet()), waiting)];
    }

    /// <summary>Layers whose file says another size than their row, is plain where it should be encrypted, or is no disk any more.</summary>
    public IReadOnlyList<string> AuditData()
    {
        var findings = new List<string>();
        foreach (var layer in _parts.Database.Read(LayerStore.All))
        {
            if (layer is not { State: LayerState.Head or LayerState.Sealed, Format: DiskFormat.Qcow2 or DiskFormat.Raw }) continue;
            try
            {
                // Both count whole sectors.
                var size = Usage(layer).Virtual;
                if ((size + 511) / 512 != (layer.VirtualSize + 511) / 512) findings.Add($"layer {layer.Id} is a disk of {size} bytes and its row says {layer.VirtualSize}");
                if (layer.KeyId is not null && !_pool.IsEncrypted(new LayerRef(layer.Id, layer.Format))) findings.Add($"layer {layer.Id} is to be encrypted and is plain");
            }
            catch (DiskException wrong) when (wrong.Fault != DiskFault.NotFound)
            {
                findings.Add($"layer {layer.Id}: {wrong.Message}");
            }
            catch (Exception gone) when (gone is IOException or DiskException)
            {
                // Missing files are the other check's.
            }
        }
        return findings;
    }
}
