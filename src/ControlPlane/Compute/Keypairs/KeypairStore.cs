using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Compute.Keypairs;

/// <summary>Rows of key pairs; they belong to users, not to projects.</summary>
internal static class KeypairStore
{
    public const string Columns = "k.number, k.user_id, k.name, k.type, k.public_key, k.fingerprint, k.created_at";

    public static KeypairRecord Read(Row row) => new(
        row.Long(), row.Text(), row.Text(), row.Text(), row.Text(), row.Text(), row.Time());

    public static KeypairRecord? Find(Tx tx, string userId, string name) => tx.Find(
        new Sql().Add(Sql.Raw($"SELECT {Columns} FROM keypairs k")).Add($" WHERE k.user_id = {userId} AND k.name = {name}"), Read);

    public static KeypairRecord Get(Tx tx, string userId, string name) => Find(tx, userId, name)
        ?? throw Fault.NotFound($"Keypair {name.Truncated()} not found for user {userId.Truncated()}");

    public static long CountOf(Tx tx, string userId) => tx.Count($"SELECT COUNT(*) FROM keypairs WHERE user_id = {userId}");

    public static void Insert(Tx tx, string userId, string name, string type, KeyMaterial key, DateTimeOffset now)
    {
        if (Find(tx, userId, name) is not null) throw Fault.Conflict($"Key pair '{name}' already exists.");
        tx.Execute($"""
            INSERT INTO keypairs (number, user_id, name, type, public_key, fingerprint, created_at)
            VALUES ((SELECT COALESCE(MAX(number), 0) + 1 FROM keypairs), {userId}, {name}, {type}, {key.PublicKey}, {key.Fingerprint}, {now})
            """);
    }
}
