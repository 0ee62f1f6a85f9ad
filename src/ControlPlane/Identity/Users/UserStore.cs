using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Identity.Users;

/// <summary>Users and their passwords in SQL.</summary>
internal static class UserStore
{
    internal const string Select = """
        SELECT u.id, u.name, u.domain_id, u.default_project_id, u.enabled, u.options, u.extra, u.created_at,
          u.failed_attempts, u.failed_at, p.hash, p.expires_at
        FROM identity_users u LEFT JOIN identity_passwords p ON p.user_id = u.id
          AND p.created_at = (SELECT MAX(q.created_at) FROM identity_passwords q WHERE q.user_id = u.id)
        """;

    public static User Read(Row row) => new()
    {
        Id = row.Text(),
        Name = row.Text(),
        DomainId = row.Text(),
        DefaultProjectId = row.TextOrNull(),
        Enabled = row.Flag(),
        Options = row.Text(),
        Extra = row.Text(),
        CreatedAt = row.Time(),
        FailedAttempts = row.Int(),
        FailedAt = row.TimeOrNull(),
        PasswordHash = row.TextOrNull(),
        PasswordExpiresAt = row.TimeOrNull(),
    };

    public static User? Find(Tx tx, string id) =>
        tx.Find(new Sql().Add(Sql.Raw(Select)).Add($" WHERE u.id = {id}"), Read);

    public static User? FindByName(Tx tx, string domainId, string name) =>
        tx.Find(new Sql().Add(Sql.Raw(Select)).Add($" WHERE u.domain_id = {domainId} AND u.name = {name}"), Read);

    public static void Insert(Tx tx, User user) => tx.Execute($"""
        INSERT INTO identity_users (id, name, domain_id, default_project_id, enabled, options, extra, created_at, failed_attempts)
        VALUES ({user.Id}, {user.Name}, {user.DomainId}, {user.DefaultProjectId}, {user.Enabled}, {user.Options}, {user.Extra}, {user.CreatedAt}, 0)
        """);

    public static void SetPassword(Tx tx, string userId, string hash, DateTimeOffset now, DateTimeOffset? expires, bool selfService)
    {
        // Two changes within one microsecond: the later one wins the key.
        var newest = tx.Find($"SELECT MAX(created_at) FROM identity_passwords WHERE user_id = {userId}", row => row.LongOrNull());
        var at = Math.Max(now.ToMicroseconds(), (newest ?? 0) + 1);
        tx.Execute($"""
            INSERT INTO identity_passwords (user_id, created_at, hash, expires_at, self_service)
            VALUES ({userId}, {at}, {hash}, {expires}, {selfService})
            """);
    }

    public static void Update(Tx tx, User user) => tx.Execute($"""
        UPDATE identity_users SET name = {user.Name}, default_project_id = {user.DefaultProjectId}, enabled = {user.Enabled},
          options = {user.Options}, extra = {user.Extra} WHERE id = {user.Id}
        """);

    /// <summary>The newest hashes first.</summary>
    public static List<string> PasswordHistory(Tx tx, string userId, int count) =>
        tx.Query($"SELECT hash FROM identity_passwords WHERE user_id = {userId} ORDER BY created_at DESC LIMIT {count}", row => row.Text());

    /// <summary>When the password in force was set, and whether by the user himself.</summary>
    public static (DateTimeOffset At, bool SelfService)? LastPassword(Tx tx, string userId) =>
        tx.Find($"SELECT created_at, self_service FROM identity_passwords WHERE user_id = {userId} ORDER BY created_at DESC LIMIT 1",
            row => ((DateTimeOffset, bool)?)(row.Time(), row.Flag()));

    public static void ForgetOldPasswords(Tx tx, string userId, int keep) => tx.Execute($"""
        DELETE FROM identity_passwords WHERE user_id = {userId} AND created_at NOT IN (
          SELECT created_at FROM identity_passwords WHERE user_id = {userId} ORDER BY created_at DESC LIMIT {keep})
        """);

    public static void CountFailure(Tx tx, string userId, DateTimeOffset now) =>
        tx.Execute($"UPDATE identity_users SET failed_attempts = failed_attempts + 1, failed_at = {now} WHERE id = {userId}");

    public static void ForgetFailures(Tx tx, string userId) =>
        tx.Execute($"UPDATE identity_users SET failed_attempts = 0, failed_at = NULL WHERE id = {userId}");

    /// <summary>Takes a user away with all that acts in his name.</summary>
    public static void Delete(Tx tx, string id)
    {
        tx.Execute($"DELETE FROM identity_passwords WHERE user_id = {id}");
        tx.Execute($"DELETE FROM identity_memberships WHERE user_id = {id}");
        tx.Execute($"DELETE FROM identity_assignments WHERE actor_kind = 'user' AND actor_id = {id}");
        tx.Execute($"DELETE FROM identity_credentials WHERE user_id = {id}");
        tx.Execute($"""
            DELETE FROM identity_application_credential_roles WHERE credential_id IN (
              SELECT id FROM identity_application_credentials WHERE user_id = {id})
            """);
        tx.Execute($"""
            DELETE FROM identity_application_credential_rules WHERE credential_id IN (
              SELECT id FROM identity_application_credentials WHERE user_id = {id})
            """);
        tx.Execute($"DELETE FROM identity_application_credentials WHERE user_id = {id}");
        tx.Execute($"DELETE FROM identity_access_rules WHERE user_id = {id}");
        tx.Execute($"""
            DELETE FROM identity_trust_roles WHERE trust_id IN (
              SELECT id FROM identity_trusts WHERE trustor_user_id = {id} OR trustee_user_id = {id})
            """);
        tx.Execute($"DELETE FROM identity_trusts WHERE trustor_user_id = {id} OR trustee_user_id = {id}");
        tx.Execute($"DELETE FROM identity_users WHERE id = {id}");
    }
}
