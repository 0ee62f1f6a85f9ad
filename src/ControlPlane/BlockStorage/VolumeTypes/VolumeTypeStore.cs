using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.BlockStorage.VolumeTypes;

/// <summary>One volume type as its row has it.</summary>
public sealed record VolumeTypeRecord(
    string Id, string Name, string? Description, bool IsPublic, string? QosSpecsId, DateTimeOffset CreatedAt, DateTimeOffset? UpdatedAt);

/// <summary>The volume types' SQL.</summary>
internal static class VolumeTypeStore
{
    /// <summary>Cinder's own default; it is made at the first start and cannot be deleted.</summary>
    public const string DefaultName = "__DEFAULT__";

    public const string Columns = "t.id, t.name, t.description, t.is_public, t.qos_specs_id, t.created_at, t.updated_at";

    public static VolumeTypeRecord Read(Row row) => new(
        row.Text(), row.Text(), row.TextOrNull(), row.Flag(), row.TextOrNull(), row.Time(), row.TimeOrNull());

    /// <summary>By id or name, among what this project may use, or with <paramref name="all"/> among all.</summary>
    public static VolumeTypeRecord? FindFor(Tx tx, string nameOrId, string? projectId, bool all = false) => tx.Find($"""
        SELECT {Sql.Raw(Columns)} FROM volume_types t
        WHERE (t.id = {nameOrId} OR t.name = {nameOrId}) AND ({all} = 1 OR t.is_public = 1 OR EXISTS
            (SELECT 1 FROM volume_type_access a WHERE a.volume_type_id = t.id AND a.project_id = {projectId}))
        ORDER BY CASE WHEN t.id = {nameOrId} THEN 0 ELSE 1 END
        """, Read);

    public static VolumeTypeRecord? Find(Tx tx, string id) =>
        tx.Find($"SELECT {Sql.Raw(Columns)} FROM volume_types t WHERE t.id = {id}", Read);

    /// <summary>What a volume gets that names no type: the project's own default, else the cloud's.</summary>
    public static VolumeTypeRecord DefaultOf(Tx tx, string? projectId) => tx.Find($"""
        SELECT {Sql.Raw(Columns)} FROM volume_types t
        WHERE t.name = {DefaultName} OR t.id = (SELECT volume_type_id FROM default_volume_types WHERE project_id = {projectId})
        ORDER BY CASE WHEN t.name = {DefaultName} THEN 1 ELSE 0 END
        """, Read) ?? throw Fault.NotFound("Default volume type can not be found.");

    public static bool IsEncrypted(Tx tx, string id) => tx.Exists($"SELECT 1 FROM volume_type_encryption WHERE volume_type_id = {id}");

    public static bool IsMultiattach(Tx tx, string id) =>
        ExtraSpecs(tx, id).GetValueOrDefault("multiattach")?.Contains("True", StringComparison.OrdinalIgnoreCase) == true;

    public static bool InUse(Tx tx, string id) => tx.Exists($"SELECT 1 FROM volumes WHERE volume_type_id = {id}");

    public static void Insert(Tx tx, VolumeTypeRecord type) => tx.Execute($"""
        INSERT INTO volume_types (id, name, description, is_public, qos_specs_id, created_at, updated_at)
        VALUES ({type.Id}, {type.Name}, {type.Description}, {type.IsPublic}, {type.QosSpecsId}, {type.CreatedAt}, {type.UpdatedAt})
        """);

    public static Dictionary<string, string> ExtraSpecs(Tx tx, string typeId) => tx.Query(
        $"SELECT name, value FROM volume_type_extra_specs WHERE volume_type_id = {typeId} ORDER BY name", row => (row.Text(), row.Text()))
        .ToDictionary(p => p.Item1, p => p.Item2, StringComparer.Ordinal);

    public static void SetSpec(Tx tx, string typeId, string name, string value) => tx.Execute($"""
        INSERT INTO volume_type_extra_specs (volume_type_id, name, value) VALUES ({typeId}, {name}, {value})
        ON CONFLICT (volume_type_id, name) DO UPDATE SET value = excluded.value
        """);

    public static void Delete(Tx tx, string id)
    {
        tx.Execute($"DELETE FROM volume_type_extra_specs WHERE volume_type_id = {id}");
        tx.Execute($"DELETE FROM volume_type_access WHERE volume_type_id = {id}");
        tx.Execute($"DELETE FROM volume_type_encryption WHERE volume_type_id = {id}");
        tx.Execute($"DELETE FROM volume_types WHERE id = {id}");
    }
}
