namespace Cumulet.ControlPlane.Identity.Credentials;

/// <summary>Something secret a user keeps here: EC2 keys, a TOTP seed, a certificate. The blob is sealed in the database.</summary>
internal sealed record Credential(string Id, string UserId, string? ProjectId, string Type, string Blob, string Extra);
