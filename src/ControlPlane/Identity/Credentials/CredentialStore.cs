using System.Security.Cryptography;
using System.Text;
using Cumulet.ControlPlane.Identity.Tokens;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Identity.Credentials;

/// <summary>Credentials in SQL, the blob sealed with the cloud's key so that the database alone gives nothing away.</summary>
internal sealed class CredentialStore(TokenSeal seal)
{
    private const string Select = "SELECT c.id, c.user_id, c.project_id, c.type, c.blob, c.extra FROM identity_credentials c";

    /// <summary>The id of EC2 keys, so that they are found by the access key.</summary>
    public static string Ec2Id(string access) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(access)));

    private Credential Read(Row row) => new(row.Text(), row.Text(), row.TextOrNull(), row.Text(), Open(row.Text()), row.Text());

    private string Open(string blob) => seal.UnsealBlob(blob) is { } bytes
        ? Encoding.UTF8.GetString(bytes)
        : throw new InvalidOperationException("a credential was sealed with a key that is not in the key file any more");

    public Credential? Find(Tx tx, string id) => tx.Find(new Sql().Add(Sql.Raw(Select)).Add($" WHERE c.id = {id}"), Read);

    public List<Credential> List(Tx tx, string? userId, string? type)
    {
        var sql = new Sql().Add(Sql.Raw(Select + " WHERE 1 = 1"));
        if (userId is not null) sql.Add($" AND c.user_id = {userId}");
        if (type is not null) sql.Add($" AND c.type = {type}");
        return tx.Query(sql.Add($" ORDER BY c.id"), Read);
    }

    public void Insert(Tx tx, Credential c) => tx.Execute($"""
        INSERT INTO identity_credentials (id, user_id, project_id, type, blob, extra)
        VALUES ({c.Id}, {c.UserId}, {c.ProjectId}, {c.Type}, {Seal(c)}, {c.Extra})
        """);

    public void Update(Tx tx, Credential c) => tx.Execute($"""
        UPDATE identity_credentials SET user_id = {c.UserId}, project_id = {c.ProjectId}, type = {c.Type}, blob = {Seal(c)}, extra = {c.Extra}
        WHERE id = {c.Id}
        """);

    private string Seal(Credential c) => seal.SealBlob(Encoding.UTF8.GetBytes(c.Blob));

    public static void Delete(Tx tx, string id) => tx.Execute($"DELETE FROM identity_credentials WHERE id = {id}");
}
