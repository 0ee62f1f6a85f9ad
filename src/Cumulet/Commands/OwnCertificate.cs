using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Cumulet.Commands;

/// <summary>A certificate of our own making, for clouds that listen beyond loopback and were given none.</summary>
internal static class OwnCertificate
{
    private const int Days = 825;

    public static (string Certificate, string Key) Ensure(StateFolder folder, IPAddress address)
    {
        if (!File.Exists(folder.Certificate) || !File.Exists(folder.CertificateKey)) Make(folder, address);
        return (folder.Certificate, folder.CertificateKey);
    }

    private static void Make(StateFolder folder, IPAddress address)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(folder.Certificate)!, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={Dns.GetHostName()}, O=Cumulet", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(Dns.GetHostName());
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        if (!address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any)) names.AddIpAddress(address);
        request.CertificateExtensions.Add(names.Build());
        // Clients are told to trust just this one, so it is its own authority.
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
        var now = DateTimeOffset.UtcNow;
        using var certificate = request.CreateSelfSigned(now.AddHours(-1), now.AddDays(Days));
        StateFolder.WriteSecret(folder.CertificateKey, key.ExportPkcs8PrivateKeyPem());
        StateFolder.WriteSecret(folder.Certificate, certificate.ExportCertificatePem());
    }
}
