using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Layers.Keys;

/// <summary>A key as its row has it.</summary>
internal sealed record KeyRow(string Id, long Bits, string Wrapped);

/// <summary>The keys' SQL.</summary>
internal static class KeyStore
{
    public static void Insert(Tx tx, KeyRow key, DateTimeOffset now) =>
        tx.Execute($"INSERT INTO encryption_keys (id, bits, wrapped, created_at) VALUES ({key.Id}, {key.Bits}, {key.Wrapped}, {now})");

    public static bool Any(Tx tx) => tx.Exists($"SELECT 1 FROM encryption_keys");

    public static List<KeyRow> All(Tx tx) => tx.Query($"SELECT id, bits, wrapped FROM encryption_keys ORDER BY id", Read);

    public static List<KeyRow> Of(Tx tx, IReadOnlyCollection<string> ids) =>
        tx.Query($"SELECT id, bits, wrapped FROM encryption_keys WHERE id IN {ids}", Read);

    public static void Hold(Tx tx, string id, LayerHolder holder) => tx.Execute($"""
        INSERT INTO encryption_key_holders (kind, holder_id, key_id) VALUES ({holder.Kind}, {holder.Id}, {id})
        ON CONFLICT (kind, holder_id) DO UPDATE SET key_id = excluded.key_id
        """);

    public static string? HeldBy(Tx tx, LayerHolder holder) => tx.Find(
        $"SELECT key_id FROM encryption_key_holders WHERE kind = {holder.Kind} AND holder_id = {holder.Id}", row => row.Text());

    public static void Drop(Tx tx, LayerHolder holder) =>
        tx.Execute($"DELETE FROM encryption_key_holders WHERE kind = {holder.Kind} AND holder_id = {holder.Id}");

    /// <summary>The key goes when nobody holds it and no layer is encrypted with it: nothing that was can be read any more.</summary>
    public static void ForgetIfUnused(Tx tx, string id) => tx.Execute($"""
        DELETE FROM encryption_keys WHERE id = {id}
            AND NOT EXISTS (SELECT 1 FROM encryption_key_holders h WHERE h.key_id = encryption_keys.id)
            AND NOT EXISTS (SELECT 1 FROM layers l WHERE l.key_id = encryption_keys.id)
        """);

    /// <summary>Keys that nothing needs, and needs of keys that are not there.</summary>
    public static List<string> Disagreements(Tx tx) =>
    [
        .. tx.Query($"""
            SELECT k.id FROM encryption_keys k WHERE NOT EXISTS (SELECT 1 FROM encryption_key_holders h WHERE h.key_id = k.id)
                AND NOT EXISTS (SELECT 1 FROM layers l WHERE l.key_id = k.id)
            """, row => $"nobody needs the encryption key {row.Text()}"),
        .. tx.Query($"""
            SELECT h.kind, h.holder_id, h.key_id FROM encryption_key_holders h
            WHERE NOT EXISTS (SELECT 1 FROM encryption_keys k WHERE k.id = h.key_id)
            """, row => $"{row.Text()} {row.Text()} holds the encryption key {row.Text()}, which is not there"),
        .. tx.Query($"""
            SELECT l.id, l.key_id FROM layers l WHERE l.key_id IS NOT NULL
                AND NOT EXISTS (SELECT 1 FROM encryption_keys k WHERE k.id = l.key_id)
            """, row => $"layer {row.Text()} is encrypted with the key {row.Text()}, which is not there"),
        .. tx.Query($"""
            SELECT l.id, l.parent_id FROM layers l JOIN layers p ON p.id = l.parent_id WHERE l.key_id IS NULL AND p.key_id IS NOT NULL
                AND l.origin <> 'copy'
            """, row => $"layer {row.Text()} is plain and stands on {row.Text()}, which is encrypted"),
    ];

    private static KeyRow Read(Row row) => new(row.Text(), row.Long(), row.Text());
}
