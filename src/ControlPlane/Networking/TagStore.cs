using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Networking;

/// <summary>Tags of any resource, by its id.</summary>
internal static class TagStore
{
    public static ILookup<string, string> Of(Tx tx, IReadOnlyCollection<string> ids) =>
        tx.Query($"SELECT resource_id, tag FROM network_tags WHERE resource_id IN {ids} ORDER BY tag",
            row => (Id: row.Text(), Tag: row.Text())).ToLookup(p => p.Id, p => p.Tag);

    public static IReadOnlyList<string> Of(Tx tx, string id) =>
        tx.Query($"SELECT tag FROM network_tags WHERE resource_id = {id} ORDER BY tag", row => row.Text());

    public static void Replace(Tx tx, string id, IEnumerable<string> tags)
    {
        Forget(tx, id);
        foreach (var tag in tags.Distinct()) tx.Execute($"INSERT INTO network_tags (resource_id, tag) VALUES ({id}, {tag})");
    }

    public static void Add(Tx tx, string id, string tag)
    {
        if (!tx.Exists($"SELECT 1 FROM network_tags WHERE resource_id = {id} AND tag = {tag}"))
            tx.Execute($"INSERT INTO network_tags (resource_id, tag) VALUES ({id}, {tag})");
    }

    public static bool Remove(Tx tx, string id, string tag) =>
        tx.Execute($"DELETE FROM network_tags WHERE resource_id = {id} AND tag = {tag}") > 0;

    public static void Forget(Tx tx, string id) => tx.Execute($"DELETE FROM network_tags WHERE resource_id = {id}");
}
