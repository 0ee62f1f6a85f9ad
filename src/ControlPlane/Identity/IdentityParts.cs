using Cumulet.ControlPlane.Identity.Tokens;
using Cumulet.ControlPlane.Identity.Users;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Identity;

/// <summary>What the resources of this room are built from.</summary>
internal sealed record IdentityParts(
    Database Database, IdentityChanges Changes, PasswordHash Passwords, PasswordRules Rules, TokenService Tokens,
    TokenSeal Seal, TimeProvider Time);
