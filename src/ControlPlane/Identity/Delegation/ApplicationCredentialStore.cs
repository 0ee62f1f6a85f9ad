using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Identity.Delegation;

internal static class ApplicationCredentialStore
{
    private const string Select =
        "SELECT c.id, c.name, c.user_id, c.project_id, c.description, c.secret_hash, c.unrestricted, c.expires_at, c.has_rules FROM identity_application_credentials c";

    private static (ApplicationCredential Row, bool HasRules) Read(Row row) => (new ApplicationCredential
    {
        Id = row.Text(),
        Name = row.Text(),
        UserId = row.Text(),
        ProjectId = row.Text(),
        Description = row.TextOrNull(),
        SecretHash = row.Text(),
        Unrestricted = row.Flag(),
        ExpiresAt = row.TimeOrNull(),
        RoleIds = [],
    }, row.Flag());

    private static ApplicationCredential Complete(Tx tx, (ApplicationCredential Row, bool HasRules) found) => found.Row with
    {
        RoleIds = tx.Query($"SELECT role_id FROM identity_application_credential_roles WHERE credential_id = {found.Row.Id}", row => row.Text()),
        Rules = found.HasRules
            ? tx.Query($"""
                SELECT r.id, r.service, r.path, r.method FROM identity_access_rules r
                JOIN identity_application_credential_rules c ON c.rule_id = r.id WHERE c.credential_id = {found.Row.Id} ORDER BY r.id
                """, ReadRule)
            : null,
    };

    internal static KeptRule ReadRule(Row row) => new(row.Text(), new AccessRule(row.Text(), row.Text(), row.Text()));

    public static ApplicationCredential? Find(Tx tx, string id) =>
        tx.Find(new Sql().Add(Sql.Raw(Select)).Add($" WHERE c.id = {id}"), Read) is { Row: not null } found ? Complete(tx, found) : null;

    public static ApplicationCredential? FindByName(Tx tx, string userId, string name) =>
        tx.Find(new Sql().Add(Sql.Raw(Select)).Add($" WHERE c.user_id = {userId} AND c.name = {name}"), Read) is { Row: not null } found
            ? Complete(tx, found)
            : null;

    public static List<ApplicationCredential> OfUser(Tx tx, string userId) =>
        [.. tx.Query(new Sql().Add(Sql.Raw(Select)).Add($" WHERE c.user_id = {userId} ORDER BY c.name"), Read).Select(found => Complete(tx, found))];

    public static void Insert(Tx tx, ApplicationCredential c)
    {
        tx.Execute($"""
            INSERT INTO identity_application_credentials
              (id, name, user_id, project_id, description, secret_hash, unrestricted, expires_at, has_rules)
            VALUES ({c.Id}, {c.Name}, {c.UserId}, {c.ProjectId}, {c.Description}, {c.SecretHash}, {c.Unrestricted}, {c.ExpiresAt}, {c.Rules is not null})
            """);
        foreach (var role in c.RoleIds)
            tx.Execute($"INSERT INTO identity_application_credential_roles (credential_id, role_id) VALUES ({c.Id}, {role})");
        foreach (var rule in c.Rules ?? [])
            tx.Execute($"INSERT INTO identity_application_credential_rules (credential_id, rule_id) VALUES ({c.Id}, {rule.Id})");
    }

    public static void Delete(Tx tx, string id)
    {
        tx.Execute($"DELETE FROM identity_application_credential_roles WHERE credential_id = {id}");
        tx.Execute($"DELETE FROM identity_application_credential_rules WHERE credential_id = {id}");
        tx.Execute($"DELETE FROM identity_application_credentials WHERE id = {id}");
    }

    public static List<KeptRule> RulesOfUser(Tx tx, string userId) =>
        tx.Query($"SELECT id, service, path, method FROM identity_access_rules WHERE user_id = {userId} ORDER BY id", ReadRule);

    /// <summary>A rule that says the same is kept once.</summary>
    public static KeptRule Keep(Tx tx, string userId, AccessRule rule)
    {
        if (RulesOfUser(tx, userId).Find(k => k.Rule == rule) is { } same) return same;
        var kept = new KeptRule(IdentityId.New(), rule);
        tx.Execute($"""
            INSERT INTO identity_access_rules (id, user_id, service, path, method)
            VALUES ({kept.Id}, {userId}, {rule.Service}, {rule.Path}, {rule.Method})
            """);
        return kept;
    }
}
