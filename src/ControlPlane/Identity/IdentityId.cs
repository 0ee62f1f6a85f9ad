namespace Cumulet.ControlPlane.Identity;

/// <summary>Identity's ids: a uuid's 32 hex digits without dashes.</summary>
internal static class IdentityId
{
    public static string New() => Guid.NewGuid().ToString("N");
}
