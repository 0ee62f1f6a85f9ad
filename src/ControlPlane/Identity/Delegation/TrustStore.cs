using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Identity.Delegation;

internal static class TrustStore
{
    internal const string Select =
        "SELECT t.id, t.trustor_user_id, t.trustee_user_id, t.project_id, t.impersonation, t.expires_at, t.remaining_uses FROM identity_trusts t";

    public static Trust Read(Row row) => new()
    {
        Id = row.Text(),
        TrustorUserId = row.Text(),
        TrusteeUserId = row.Text(),
        ProjectId = row.TextOrNull(),
        Impersonation = row.Flag(),
        ExpiresAt = row.TimeOrNull(),
        RemainingUses = row.LongOrNull(),
    };

    public static Trust? Find(Tx tx, string id) =>
        tx.Find(new Sql().Add(Sql.Raw(Select)).Add($" WHERE t.id = {id}"), Read) is { } trust
            ? trust with { RoleIds = tx.Query($"SELECT role_id FROM identity_trust_roles WHERE trust_id = {id}", row => row.Text()) }
            : null;

    public static void Insert(Tx tx, Trust t)
    {
        tx.Execute($"""
            INSERT INTO identity_trusts (id, trustor_user_id, trustee_user_id, project_id, impersonation, expires_at, remaining_uses, extra)
            VALUES ({t.Id}, {t.TrustorUserId}, {t.TrusteeUserId}, {t.ProjectId}, {t.Impersonation}, {t.ExpiresAt}, {t.RemainingUses}, {"{}"})
            """);
        foreach (var role in t.RoleIds) tx.Execute($"INSERT INTO identity_trust_roles (trust_id, role_id) VALUES ({t.Id}, {role})");
    }

    public static void Delete(Tx tx, string id)
    {
        tx.Execute($"DELETE FROM identity_trust_roles WHERE trust_id = {id}");
        tx.Execute($"DELETE FROM identity_trusts WHERE id = {id}");
    }
}
