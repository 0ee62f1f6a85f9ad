using System.Text;

namespace Cumulet.ControlPlane.Identity.Tokens;

/// <summary>
/// What a token carries: who, how authenticated, for what, from when to when, and the audit ids by which it is revoked.
/// Names, roles and the catalog are read anew at every check, so they are not in it.
/// </summary>
internal sealed record TokenPayload
{
    private const byte Version = 1;

    public required string UserId { get; init; }
    /// <summary>In the order of <see cref="KnownMethods"/>.</summary>
    public required IReadOnlyList<string> Methods { get; init; }
    public required TokenScope Scope { get; init; }
    public required DateTimeOffset IssuedAt { get; init; }
    public required DateTimeOffset ExpiresAt { get; init; }
    /// <summary>The token's own audit id and, when it came out of another token, that chain's first one.</summary>
    public required IReadOnlyList<string> AuditIds { get; init; }
    public string? ApplicationCredentialId { get; init; }
    public string? TrustId { get; init; }

    public static readonly IReadOnlyList<string> KnownMethods = ["password", "token", "application_credential", "ec2credential", "totp"];

    public byte[] ToBytes()
    {
        using var bytes = new MemoryStream();
        using (var writer = new BinaryWriter(bytes, Encoding.UTF8))
        {
            writer.Write(Version);
            writer.Write(UserId);
            writer.Write(MethodBits());
            WriteScope(writer);
            writer.Write(IssuedAt.UtcTicks);
            writer.Write(ExpiresAt.UtcTicks);
            writer.Write((byte)AuditIds.Count);
            foreach (var id in AuditIds) writer.Write(id);
            writer.Write(ApplicationCredentialId ?? "");
            writer.Write(TrustId ?? "");
        }
        return bytes.ToArray();
    }

    private byte MethodBits()
    {
        byte bits = 0;
        for (var i = 0; i < KnownMethods.Count; i++)
            if (Methods.Contains(KnownMethods[i])) bits |= (byte)(1 << i);
        return bits;
    }

    private void WriteScope(BinaryWriter writer)
    {
        var (kind, id) = Scope switch
        {
            TokenScope.Project project => ((byte)1, project.Id),
            TokenScope.Domain domain => ((byte)2, domain.Id),
            TokenScope.System => ((byte)3, ""),
            _ => ((byte)0, ""),
        };
        writer.Write(kind);
        writer.Write(id);
    }

    /// <summary>Null where the bytes are of a version that this program does not know.</summary>
    public static TokenPayload? FromBytes(byte[] bytes)
    {
        using var reader = new BinaryReader(new MemoryStream(bytes), Encoding.UTF8);
        if (reader.ReadByte() != Version) return null;
        return new TokenPayload
        {
            UserId = reader.ReadString(),
            Methods = MethodsOf(reader.ReadByte()),
            Scope = ReadScope(reader),
            IssuedAt = new DateTimeOffset(reader.ReadInt64(), TimeSpan.Zero),
            ExpiresAt = new DateTimeOffset(reader.ReadInt64(), TimeSpan.Zero),
            AuditIds = ReadAuditIds(reader),
            ApplicationCredentialId = reader.ReadString() is { Length: > 0 } credential ? credential : null,
            TrustId = reader.ReadString() is { Length: > 0 } trust ? trust : null,
        };
    }

    private static List<string> MethodsOf(byte bits)
    {
        var methods = new List<string>(2);
        for (var i = 0; i < KnownMethods.Count; i++)
            if ((bits & (1 << i)) != 0) methods.Add(KnownMethods[i]);
        return methods;
    }

    private static TokenScope ReadScope(BinaryReader reader)
    {
        var kind = reader.ReadByte();
        var id = reader.ReadString();
        return kind switch
        {
            1 => new TokenScope.Project(id),
            2 => new TokenScope.Domain(id),
            3 => new TokenScope.System(),
            _ => new TokenScope.Unscoped(),
        };
    }

    private static string[] ReadAuditIds(BinaryReader reader)
    {
        var ids = new string[reader.ReadByte()];
        for (var i = 0; i < ids.Length; i++) ids[i] = reader.ReadString();
        return ids;
    }
}
