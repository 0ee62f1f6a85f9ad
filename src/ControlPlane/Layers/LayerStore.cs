using Cumulet.ControlPlane.Store;
using Cumulet.Disks;

namespace Cumulet.ControlPlane.Layers;

/// <summary>The layers' SQL.</summary>
internal static class LayerStore
{
    private const string Columns = "id, parent_id, format, virtual_size, origin, state, key_id";

    public static void Insert(Tx tx, LayerPlan plan, DateTimeOffset now)
    {
        tx.Execute($"""
            INSERT INTO layers (id, parent_id, format, virtual_size, origin, state, key_id, created_at)
            VALUES ({plan.Id}, {plan.Parent}, {plan.Format.Name()}, {plan.VirtualSize}, {Text(plan.Origin)}, {Text(LayerState.Creating)},
                {plan.KeyId}, {now})
            """);
        Hold(tx, plan.Id, plan.Holder);
    }

    public static Layer? Find(Tx tx, Guid id) =>
        tx.Find($"SELECT {Sql.Raw(Columns)} FROM layers WHERE id = {id}", Read);

    public static Layer? HeldBy(Tx tx, LayerHolder holder) => tx.Find($"""
        SELECT l.id, l.parent_id, l.format, l.virtual_size, l.origin, l.state, l.key_id FROM layers l
        JOIN layer_references r ON r.layer_id = l.id WHERE r.kind = {holder.Kind} AND r.holder_id = {holder.Id}
        """, Read);

    /// <summary>The layer and what it stands on, top to base.</summary>
    public static List<Layer> Chain(Tx tx, Guid top) => tx.Query($"""
        WITH RECURSIVE chain (id, parent_id, format, virtual_size, origin, state, key_id, depth) AS (
            SELECT id, parent_id, format, virtual_size, origin, state, key_id, 0 FROM layers WHERE id = {top}
            UNION ALL
            SELECT l.id, l.parent_id, l.format, l.virtual_size, l.origin, l.state, l.key_id, c.depth + 1
            FROM layers l JOIN chain c ON l.id = c.parent_id)
        SELECT {Sql.Raw(Columns)} FROM chain ORDER BY depth
        """, Read);

    public static List<Layer> InState(Tx tx, LayerState state) =>
        tx.Query($"SELECT {Sql.Raw(Columns)} FROM layers WHERE state = {Text(state)}", Read);

    public static HashSet<Guid> AllIds(Tx tx) => [.. tx.Query($"SELECT id FROM layers", row => Guid.Parse(row.Text()))];

    public static List<Layer> All(Tx tx) => tx.Query($"SELECT {Sql.Raw(Columns)} FROM layers", Read);

    public static void SetState(Tx tx, Guid id, LayerState state) =>
        tx.Execute($"UPDATE layers SET state = {Text(state)} WHERE id = {id}");

    public static void SetSize(Tx tx, Guid id, long virtualSize) =>
        tx.Execute($"UPDATE layers SET virtual_size = {virtualSize} WHERE id = {id}");

    public static void SetParent(Tx tx, Guid id, Guid? parent) => tx.Execute($"UPDATE layers SET parent_id = {parent} WHERE id = {id}");

    /// <summary>Bytes of the disks that somebody may write to.</summary>
    public static long Provisioned(Tx tx) => tx.Find(
        $"SELECT COALESCE(SUM(virtual_size), 0) FROM layers WHERE state IN ({Text(LayerState.Head)}, {Text(LayerState.Creating)})", row => row.Long());

    public static long Count(Tx tx) => tx.Find($"SELECT COUNT(*) FROM layers", row => row.Long());

    /// <summary>Layers that alone stand on one that nobody holds, with what is below that.</summary>
    public static List<(Guid Layer, Guid? Below)> OverUnused(Tx tx) => tx.Query($"""
        SELECT l.id, below.parent_id FROM layers below JOIN layers l ON l.parent_id = below.id
        WHERE below.state = {Text(LayerState.Sealed)} AND l.state IN ({Text(LayerState.Head)}, {Text(LayerState.Sealed)})
            AND NOT EXISTS (SELECT 1 FROM layer_references r WHERE r.layer_id = below.id)
            AND NOT EXISTS (SELECT 1 FROM layers other WHERE other.parent_id = below.id AND other.id <> l.id)
        ORDER BY l.created_at, l.id
        """, row => (Guid.Parse(row.Text()), row.TextOrNull() is { } parent ? (Guid?)Guid.Parse(parent) : null));

    /// <summary>Whole layers whose chain has that many, counted from the base.</summary>
    public static List<Guid> AtDepth(Tx tx, int depth) => tx.Query($"""
        WITH RECURSIVE depths (id, state, depth) AS (
            SELECT id, state, 1 FROM layers WHERE parent_id IS NULL
            UNION ALL
            SELECT l.id, l.state, d.depth + 1 FROM layers l JOIN depths d ON l.parent_id = d.id WHERE d.depth < {depth})
        SELECT id FROM depths WHERE depth = {depth} AND state IN ({Text(LayerState.Head)}, {Text(LayerState.Sealed)}) ORDER BY id
        """, row => Guid.Parse(row.Text()));

    /// <summary>Who holds the layer or one that stands on it, however far up.</summary>
    public static List<LayerHolder> HoldersOn(Tx tx, Guid id) => tx.Query($"""
        WITH RECURSIVE above (id) AS (
            SELECT id FROM layers WHERE id = {id}
            UNION ALL
            SELECT l.id FROM layers l JOIN above a ON l.parent_id = a.id)
        SELECT r.kind, r.holder_id FROM layer_references r JOIN above a ON a.id = r.layer_id
        """, row => new LayerHolder(row.Text(), row.Text()));

    public static void Hold(Tx tx, Guid id, LayerHolder holder) => tx.Execute($"""
        INSERT INTO layer_references (kind, holder_id, layer_id) VALUES ({holder.Kind}, {holder.Id}, {id})
        ON CONFLICT (kind, holder_id) DO UPDATE SET layer_id = excluded.layer_id
        """);

    public static void MoveHolders(Tx tx, Guid from, Guid to) =>
        tx.Execute($"UPDATE layer_references SET layer_id = {to} WHERE layer_id = {from}");

    public static void Drop(Tx tx, LayerHolder holder) =>
        tx.Execute($"DELETE FROM layer_references WHERE kind = {holder.Kind} AND holder_id = {holder.Id}");

    public static void DropAll(Tx tx, Guid id) => tx.Execute($"DELETE FROM layer_references WHERE layer_id = {id}");

    /// <summary>Marks a layer for the reaper when nobody holds it and nothing stands on it. True when it did.</summary>
    public static bool RetireIfUnused(Tx tx, Guid id) => tx.Execute($"""
        UPDATE layers SET state = {Text(LayerState.Deleting)}
        WHERE id = {id} AND state <> {Text(LayerState.Deleting)}
            AND NOT EXISTS (SELECT 1 FROM layer_references r WHERE r.layer_id = layers.id)
            AND NOT EXISTS (SELECT 1 FROM layers child WHERE child.parent_id = layers.id)
        """) > 0;

    public static void Delete(Tx tx, Guid id) => tx.Execute($"DELETE FROM layers WHERE id = {id}");

    private static Layer Read(Row row) => new(
        Guid.Parse(row.Text()),
        row.TextOrNull() is { } parent ? Guid.Parse(parent) : null,
        DiskFormats.TryParse(row.Text(), out var format) ? format : throw new InvalidDataException("a layer has an unknown format"),
        row.Long(),
        Enum.Parse<LayerOrigin>(row.Text(), ignoreCase: true),
        Enum.Parse<LayerState>(row.Text(), ignoreCase: true),
        row.TextOrNull());

    private static string Text(LayerOrigin origin) => origin switch
    {
        LayerOrigin.Blank => "blank",
        LayerOrigin.Clone => "clone",
        LayerOrigin.Copy => "copy",
        LayerOrigin.Difference => "difference",
        _ => "import",
    };

    private static string Text(LayerState state) => state switch
    {
        LayerState.Creating => "creating",
        LayerState.Head => "head",
        LayerState.Sealed => "sealed",
        _ => "deleting",
    };
}
