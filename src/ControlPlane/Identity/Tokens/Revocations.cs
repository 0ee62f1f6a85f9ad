using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Identity.Tokens;

/// <summary>
/// The events after which tokens do not count, kept until every token they speak of has expired anyway. Each is found by
/// kind and subject through an index, so that many of them slow no check.
/// </summary>
internal static class Revocations
{
    public const string ByAudit = "audit";
    public const string ByUser = "user";
    public const string ByProject = "project";
    public const string ByDomain = "domain";

    /// <summary>No token issued up to now that this kind and subject match counts any more.</summary>
    public static void Add(Tx tx, string kind, string subject, DateTimeOffset now)
    {
        tx.Execute($"DELETE FROM identity_revocations WHERE expires_at < {now}");
        tx.Execute($"DELETE FROM identity_revocations WHERE kind = {kind} AND subject = {subject}");
        tx.Execute($"""
            INSERT INTO identity_revocations (id, kind, subject, issued_before, expires_at)
            VALUES ({IdentityId.New()}, {kind}, {subject}, {now}, {now + TokenService.Lifetime + TimeSpan.FromMinutes(5)})
            """);
    }

    public static bool Match(
        Tx tx, TokenPayload payload, IReadOnlyCollection<string> users, IReadOnlyCollection<string> projects, IReadOnlyCollection<string> domains) =>
        tx.Exists($"""
            SELECT 1 FROM identity_revocations WHERE issued_before >= {payload.IssuedAt} AND (
              (kind = {ByAudit} AND subject = {payload.AuditIds[0]}) OR (kind = {ByUser} AND subject IN {users})
              OR (kind = {ByProject} AND subject IN {projects}) OR (kind = {ByDomain} AND subject IN {domains}))
            """);
}
