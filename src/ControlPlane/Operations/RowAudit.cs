using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Operations;

/// <summary>
/// What rows of different rooms say of each other, in one snapshot: a state on the way to another has a saga that carries
/// it, a layer's holder is there, a volume's status and its attachments say the same. Usage against quotas needs no check:
/// it is counted from these rows, never stored.
/// </summary>
public static class RowAudit
{
    public static IReadOnlyList<string> States(Tx tx) =>
    [
        .. Stuck(tx, "volume", Sql.Raw("volumes"), Sql.Raw("status IN ('creating', 'deleting', 'extending', 'uploading', 'downloading', 'reverting', 'restoring-backup', 'backing-up', 'retyping')"), Sql.Raw("r.status")),
        .. Stuck(tx, "snapshot", Sql.Raw("snapshots"), Sql.Raw("status IN ('creating', 'deleting', 'restoring')"), Sql.Raw("r.status")),
        .. Stuck(tx, "backup", Sql.Raw("volume_backups"), Sql.Raw("status IN ('creating', 'restoring', 'deleting')"), Sql.Raw("r.status")),
        .. Stuck(tx, "server", Sql.Raw("servers"), Sql.Raw("deleted = 0 AND (task_state IS NOT NULL OR vm_state = 'building')"), Sql.Raw("COALESCE(r.task_state, r.vm_state)")),
    ];

    // A saga is about a row when its lane or its state names it.
    private static List<string> Stuck(Tx tx, string what, Sql table, Sql condition, Sql state) => tx.Query(
        $"""
        SELECT r.id, {state} FROM (SELECT * FROM {table} WHERE {condition}) r
        WHERE NOT EXISTS (SELECT 1 FROM sagas s WHERE s.outcome IS NULL
            AND (s.lane = {what} || ':' || r.id OR s.state LIKE '%' || r.id || '%'))
        """, row => $"{what} {row.Text()} is {row.Text()} and nothing carries it on");

    public static IReadOnlyList<string> Layers(Tx tx) =>
    [
        .. Holderless(tx, "volume", Sql.Raw("SELECT 1 FROM volumes v WHERE v.id = r.holder_id")),
        .. Holderless(tx, "snapshot", Sql.Raw("SELECT 1 FROM snapshots s WHERE s.id = r.holder_id")),
        .. Holderless(tx, "server-disk", Sql.Raw("SELECT 1 FROM server_block_devices d WHERE d.server_id || '/' || d.id = r.holder_id")),
        .. Holderless(tx, "unmanaged", Sql.Raw("SELECT 1 FROM unmanaged_disks u WHERE u.name = r.holder_id")),
        .. Holderless(tx, "backup", Sql.Raw("SELECT 1 FROM volume_backups b WHERE b.id = r.holder_id")),
        // What a server in VERIFY_RESIZE goes back to.
        .. Holderless(tx, "server-resize", Sql.Raw(
            "SELECT 1 FROM server_block_devices d JOIN server_returns k ON k.server_id = d.server_id WHERE d.server_id || '/' || d.id = r.holder_id")),
        // Every other kind holds for the time of a saga.
        .. tx.Query($"""
            SELECT r.kind, r.holder_id, r.layer_id FROM layer_references r
            WHERE r.kind NOT IN ('volume', 'snapshot', 'server-disk', 'server-resize', 'backup', 'unmanaged', 'image', 'image-boot') AND NOT EXISTS (
                SELECT 1 FROM sagas s WHERE s.outcome IS NULL
                    AND (s.state LIKE '%' || r.holder_id || '%' OR s.state LIKE '%' || r.layer_id || '%'))
            """, row => $"{row.Text()} {row.Text()} holds layer {row.Text()} for a saga that is not there"),
        .. tx.Query($"""
            SELECT v.id, v.status FROM volumes v WHERE v.status IN ('available', 'in-use', 'reserved', 'attaching', 'detaching')
                AND NOT EXISTS (SELECT 1 FROM layer_references r WHERE r.kind = 'volume' AND r.holder_id = v.id AND r.layer_id = v.layer_id)
            """, row => $"volume {row.Text()} is {row.Text()} and does not hold its layer"),
        .. tx.Query($"""
            SELECT u.name FROM unmanaged_disks u
            WHERE NOT EXISTS (SELECT 1 FROM layer_references r WHERE r.kind = 'unmanaged' AND r.holder_id = u.name)
            """, row => $"the unmanaged {row.Text()} has no layer"),
        .. tx.Query($"""
            SELECT s.id FROM snapshots s WHERE s.status = 'available'
                AND NOT EXISTS (SELECT 1 FROM layer_references r WHERE r.kind = 'snapshot' AND r.holder_id = s.id AND r.layer_id = s.layer_id)
            """, row => $"snapshot {row.Text()} is available and does not hold its layer"),
    ];

    /// <summary>Keys without their volume or backup, and the other way round; also a disk that is encrypted with another key than its volume's.</summary>
    public static IReadOnlyList<string> Keys(Tx tx) =>
    [
        .. tx.Query($"""
            SELECT h.kind, h.holder_id, h.key_id FROM encryption_key_holders h
            WHERE NOT EXISTS (SELECT 1 FROM volumes v WHERE h.kind = 'volume' AND v.id = h.holder_id AND v.encryption_key_id = h.key_id)
                AND NOT EXISTS (SELECT 1 FROM sagas s WHERE h.kind = 'volume-replacement' AND s.outcome IS NULL AND s.state LIKE '%' || h.holder_id || '%')
                AND NOT EXISTS (SELECT 1 FROM volume_backups b WHERE h.kind = 'backup' AND b.id = h.holder_id AND b.encryption_key_id = h.key_id)
            """, row => $"{row.Text()} {row.Text()} is not there, or has another key, and holds the encryption key {row.Text()}"),
        .. Keyless(tx, "volume", Sql.Raw("volumes")),
        .. Keyless(tx, "backup", Sql.Raw("volume_backups")),
        .. tx.Query($"""
            SELECT v.id, t.name FROM volumes v JOIN volume_types t ON t.id = v.volume_type_id
            WHERE v.encryption_key_id IS NULL AND EXISTS (SELECT 1 FROM volume_type_encryption e WHERE e.volume_type_id = v.volume_type_id)
            """, row => $"volume {row.Text()} is of the encrypted type {row.Text()} and has no key"),
        .. tx.Query($"""
            SELECT v.id, l.id FROM volumes v JOIN layers l ON l.id = v.layer_id WHERE COALESCE(v.encryption_key_id, '') <> COALESCE(l.key_id, '')
            """, row => $"volume {row.Text()} writes to layer {row.Text()}, which is not encrypted with its key"),
    ];

    private static List<string> Keyless(Tx tx, string kind, Sql table) => tx.Query($"""
        SELECT r.id, r.encryption_key_id FROM {table} r WHERE r.encryption_key_id IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM encryption_key_holders h WHERE h.kind = {kind} AND h.holder_id = r.id AND h.key_id = r.encryption_key_id)
        """, row => $"{kind} {row.Text()} does not hold its encryption key {row.Text()}");

    private static List<string> Holderless(Tx tx, string kind, Sql holder) => tx.Query(
        $"SELECT r.holder_id, r.layer_id FROM layer_references r WHERE r.kind = {kind} AND NOT EXISTS ({holder})",
        row => $"{kind} {row.Text()} is not there and holds layer {row.Text()}");

    /// <summary>What other programs keep in Placement: allocations of consumers and providers that are there, no more than there is.</summary>
    public static IReadOnlyList<string> Allocations(Tx tx) =>
    [
        .. tx.Query($"""
            SELECT a.consumer_id, a.provider_id FROM placement_allocations a WHERE NOT EXISTS (SELECT 1 FROM placement_providers p WHERE p.id = a.provider_id)
            """, row => $"consumer {row.Text()} has an allocation at provider {row.Text()}, which is not there"),
        .. tx.Query($"""
            SELECT a.consumer_id, a.provider_id FROM placement_allocations a WHERE NOT EXISTS (SELECT 1 FROM placement_consumers c WHERE c.id = a.consumer_id)
            """, row => $"consumer {row.Text()} is not there and has an allocation at provider {row.Text()}"),
        .. tx.Query($"""
            SELECT a.provider_id, a.resource_class FROM placement_allocations a WHERE NOT EXISTS (
                SELECT 1 FROM placement_inventories i WHERE i.provider_id = a.provider_id AND i.resource_class = a.resource_class)
            """, row => $"provider {row.Text()} has no {row.Text()} and an allocation of it"),
    ];

    public static IReadOnlyList<string> Attachments(Tx tx) =>
    [
        .. tx.Query($"""
            SELECT v.id FROM volumes v WHERE v.status = 'in-use'
                AND NOT EXISTS (SELECT 1 FROM volume_attachments a WHERE a.volume_id = v.id AND a.status = 'attached')
            """, row => $"volume {row.Text()} is in-use and attached to nothing"),
        .. tx.Query($"""
            SELECT v.id, a.id FROM volumes v JOIN volume_attachments a ON a.volume_id = v.id
            WHERE v.status = 'available' AND a.status = 'attached'
            """, row => $"volume {row.Text()} is available and has the attachment {row.Text()}"),
        .. tx.Query($"""
            SELECT a.id, a.volume_id FROM volume_attachments a WHERE NOT EXISTS (SELECT 1 FROM volumes v WHERE v.id = a.volume_id)
            """, row => $"attachment {row.Text()} is of volume {row.Text()}, which is not there"),
        .. tx.Query($"""
            SELECT a.id, a.server_id FROM volume_attachments a WHERE a.by_compute = 1 AND a.server_id IS NOT NULL
                AND NOT EXISTS (SELECT 1 FROM servers s WHERE s.id = a.server_id AND s.deleted = 0)
            """, row => $"attachment {row.Text()} is to server {row.Text()}, which is not there"),
        .. tx.Query($"""
            SELECT d.server_id, d.attachment_id FROM server_block_devices d WHERE d.attachment_id IS NOT NULL
                AND NOT EXISTS (SELECT 1 FROM volume_attachments a WHERE a.id = d.attachment_id)
            """, row => $"server {row.Text()} has a disk of attachment {row.Text()}, which is not there"),
        .. tx.Query($"""
            SELECT d.server_id, d.id FROM server_block_devices d
            WHERE NOT EXISTS (SELECT 1 FROM servers s WHERE s.id = d.server_id AND s.deleted = 0)
            """, row => $"server {row.Text()} is not there and has the disk {row.Text()}"),
    ];
}
