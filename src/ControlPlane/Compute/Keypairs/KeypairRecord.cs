namespace Cumulet.ControlPlane.Compute.Keypairs;

/// <summary>A user's public key under a name.</summary>
/// <param name="Number">The order of making; Nova shows it as <c>id</c>.</param>
/// <param name="Type"><c>ssh</c> or <c>x509</c>.</param>
/// <param name="Fingerprint">MD5 of the key (ssh) or SHA-1 of the certificate (x509), hexadecimal pairs with colons.</param>
public sealed record KeypairRecord(
    long Number, string UserId, string Name, string Type, string PublicKey, string Fingerprint, DateTimeOffset CreatedAt);
