using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Cumulet.ControlPlane.Api;

namespace Cumulet.ControlPlane.Compute.Keypairs;

/// <summary>
/// A public key with its fingerprint; made here, with the private key too, which goes into one answer and nowhere else.
/// Rules: RFC 4253 section 6.6 and RFC 8709 (form of ssh keys), Nova's API reference (which fingerprint).
/// </summary>
internal sealed record KeyMaterial(string PublicKey, string Fingerprint, string? PrivateKey = null)
{
    private const int RsaBits = 2048;

    private static readonly string[] SshTypes =
    [
        "ssh-rsa", "ssh-dss", "ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521",
        "ssh-rsa-cert-v01@openssh.com", "ssh-ed25519-cert-v01@openssh.com", "ecdsa-sha2-nistp256-cert-v01@openssh.com",
        "ecdsa-sha2-nistp384-cert-v01@openssh.com", "ecdsa-sha2-nistp521-cert-v01@openssh.com",
        "sk-ssh-ed25519@openssh.com", "sk-ecdsa-sha2-nistp256@openssh.com",
    ];

    public static KeyMaterial Import(string type, string publicKey) => type == "x509" ? ImportX509(publicKey) : ImportSsh(publicKey);

    public static KeyMaterial Generate(string type, string userId) => type == "x509" ? GenerateX509(userId) : GenerateSsh();

    private static KeyMaterial ImportSsh(string text)
    {
        var words = text.Split([' ', '\t', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries);
        if (words.Length < 2 || !SshTypes.Contains(words[0], StringComparer.Ordinal) || Decode(words[1]) is not { } blob
            || text.Trim().AsSpan().IndexOfAny('\r', '\n') >= 0 || !IsBlobOf(words[0], blob))
            throw Fault.BadRequest("Keypair data is invalid: failed to generate fingerprint");
        return new KeyMaterial(text, SshFingerprint(blob));
    }

    private static byte[]? Decode(string base64)
    {
        var bytes = new byte[base64.Length];
        return Convert.TryFromBase64String(base64, bytes, out var length) ? bytes[..length] : null;
    }

    // The blob names its own type and consists of whole length-prefixed fields; a certificate may hold plain numbers as well.
    private static bool IsBlobOf(string type, ReadOnlySpan<byte> blob)
    {
        if (!TakeField(ref blob, out var name) || !name.SequenceEqual(Encoding.ASCII.GetBytes(type)) || blob.IsEmpty) return false;
        if (type.Contains("-cert-", StringComparison.Ordinal)) return blob.Length > 64;
        var fields = 0;
        while (TakeField(ref blob, out var field))
        {
            if (type == "ssh-ed25519" && field.Length != 32) return false;
            fields++;
        }
        return blob.IsEmpty && fields >= (type is "ssh-ed25519" ? 1 : type is "ssh-dss" ? 4 : 2);
    }

    private static bool TakeField(ref ReadOnlySpan<byte> blob, out ReadOnlySpan<byte> field)
    {
        field = default;
        if (blob.Length < 4) return false;
        var length = BinaryPrimitives.ReadUInt32BigEndian(blob);
        if (length > blob.Length - 4) return false;
        field = blob.Slice(4, (int)length);
        blob = blob[(4 + (int)length)..];
        return true;
    }

    private static KeyMaterial GenerateSsh()
    {
        using var rsa = RSA.Create(RsaBits);
        var numbers = rsa.ExportParameters(includePrivateParameters: false);
        using var blob = new MemoryStream();
        Append(blob, "ssh-rsa"u8);
        AppendNumber(blob, numbers.Exponent);
        AppendNumber(blob, numbers.Modulus);
        var bytes = blob.ToArray();
        return new KeyMaterial($"ssh-rsa {Convert.ToBase64String(bytes)} Generated-by-Nova", SshFingerprint(bytes),
            rsa.ExportRSAPrivateKeyPem() + "\n");
    }

    private static void Append(MemoryStream blob, ReadOnlySpan<byte> field)
    {
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, field.Length);
        blob.Write(length);
        blob.Write(field);
    }

    // An mpint is signed: a leading one bit needs a zero byte before it.
    private static void AppendNumber(MemoryStream blob, ReadOnlySpan<byte> number) =>
        Append(blob, (number[0] & 0x80) != 0 ? [0, .. number] : number);

    private static KeyMaterial ImportX509(string pem)
    {
        try
        {
            using var certificate = X509Certificate2.CreateFromPem(pem);
            return new KeyMaterial(pem, Colons(certificate.GetCertHash(HashAlgorithmName.SHA1)));
        }
        catch (CryptographicException)
        {
            throw Fault.BadRequest("Keypair data is invalid: failed to generate X509 fingerprint. Error message: the public key is no certificate in PEM form");
        }
    }

    // What WinRM wants to log a user in without a password: a client certificate with the user's principal name.
    private static KeyMaterial GenerateX509(string userId)
    {
        using var rsa = RSA.Create(RsaBits);
        var request = new CertificateRequest($"CN={userId}", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.2")], critical: false));
        var names = new SubjectAlternativeNameBuilder();
        names.AddUserPrincipalName($"{userId}@localhost");
        request.CertificateExtensions.Add(names.Build());
        var now = DateTimeOffset.UtcNow;
        using var certificate = request.CreateSelfSigned(now.AddMinutes(-5), now.AddDays(3650));
        var pem = certificate.ExportCertificatePem() + "\n";
        return new KeyMaterial(pem, Colons(certificate.GetCertHash(HashAlgorithmName.SHA1)),
            Convert.ToBase64String(certificate.Export(X509ContentType.Pkcs12, "")));
    }

    // MD5 because Nova's API says so: it names the key and protects nothing.
    private static string SshFingerprint(byte[] blob) => Colons(MD5.HashData(blob));

    private static string Colons(byte[] hash) => string.Join(':', hash.Select(b => b.ToString("x2")));

    // The compiler's own text of a record would show the private key.
    public override string ToString() => $"KeyMaterial {Fingerprint}";
}
