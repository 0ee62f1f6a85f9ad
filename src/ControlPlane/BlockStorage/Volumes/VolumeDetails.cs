using Cumulet.ControlPlane.BlockStorage.Attachments;
using Cumulet.ControlPlane.BlockStorage.Services;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.BlockStorage.Volumes;

/// <summary>A volume with what its view shows from other tables.</summary>
internal sealed record VolumeDetails(
    VolumeRecord Volume,
    string TypeName,
    IReadOnlyDictionary<string, string> Metadata,
    IReadOnlyDictionary<string, string> ImageMetadata,
    IReadOnlyList<AttachmentRecord> Attachments,
    string ServiceUuid)
{
    private static readonly Dictionary<string, string> None = [];

    public static VolumeDetails Of(Tx tx, VolumeRecord volume) => Of(tx, [volume])[0];

    /// <summary>For a whole page with one statement per table.</summary>
    public static List<VolumeDetails> Of(Tx tx, IReadOnlyList<VolumeRecord> volumes)
    {
        if (volumes.Count == 0) return [];
        string[] ids = [.. volumes.Select(v => v.Id)];
        var metadata = Pairs(tx, "volume_metadata", ids);
        var images = Pairs(tx, "volume_image_metadata", ids);
        var flags = Pairs(tx, "volume_admin_metadata", ids);
        var attachments = tx.Query($"""
            SELECT {Sql.Raw(AttachmentStore.Columns)} FROM volume_attachments a WHERE a.volume_id IN {ids} ORDER BY a.created_at, a.id
            """, AttachmentStore.Read).ToLookup(a => a.VolumeId);
        var types = tx.Query($"SELECT id, name FROM volume_types", row => (Id: row.Text(), Name: row.Text())).ToDictionary(t => t.Id, t => t.Name);
        var service = VolumeServices.Uuid(tx);
        return [.. volumes.Select(v => new VolumeDetails(v, types.GetValueOrDefault(v.VolumeTypeId, v.VolumeTypeId),
            Merge(metadata.GetValueOrDefault(v.Id), flags.GetValueOrDefault(v.Id), attachments[v.Id]),
            images.GetValueOrDefault(v.Id) ?? None, [.. attachments[v.Id]], service))];
    }

    // Cinder shows two of the cloud's own marks among the user's metadata: readonly and attached_mode.
    private static Dictionary<string, string> Merge(
        Dictionary<string, string>? metadata, Dictionary<string, string>? flags, IEnumerable<AttachmentRecord> attachments)
    {
        var all = new Dictionary<string, string>(metadata ?? None, StringComparer.Ordinal);
        foreach (var (name, value) in flags ?? None) all[name] = value;
        if (attachments.FirstOrDefault(a => a.Status == "attached") is { } attached) all["attached_mode"] = attached.Mode;
        return all;
    }

    private static Dictionary<string, Dictionary<string, string>> Pairs(Tx tx, string table, string[] ids) =>
        tx.Query($"SELECT volume_id, name, value FROM {Sql.Raw(table)} WHERE volume_id IN {ids} ORDER BY name",
                row => (Volume: row.Text(), Name: row.Text(), Value: row.Text()))
            .GroupBy(p => p.Volume)
            .ToDictionary(g => g.Key, g => g.ToDictionary(p => p.Name, p => p.Value, StringComparer.Ordinal), StringComparer.Ordinal);
}
