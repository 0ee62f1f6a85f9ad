using Cumulet.ControlPlane.Api;

namespace Cumulet.ControlPlane.Identity.Delegation;

/// <summary>What a token that was itself delegated may not do: make, see or change credentials, for it could widen itself.</summary>
internal static class Delegated
{
    /// <summary>Refuses trusts' tokens, and application credentials that are not unrestricted.</summary>
    public static void Refuse(ApiRequest request, string what)
    {
        if (!request.Caller.IsDelegated || request.Caller is { TrustId: null, IsUnrestricted: true }) return;
        throw IdentityFault.Forbidden($"{what} cannot be managed with a token issued via delegation");
    }

    /// <summary>Refuses every delegated token.</summary>
    public static void RefuseAny(ApiRequest request, string what)
    {
        if (request.Caller.IsDelegated)
            throw IdentityFault.Forbidden($"{what} cannot be managed with a token issued via delegation");
    }

    /// <summary>Whoever acts for a project by delegation touches that project only.</summary>
    public static void RefuseOther(ApiRequest request, string? projectId)
    {
        if (request.Caller.IsDelegated && projectId != request.Caller.ProjectId)
            throw IdentityFault.Forbidden("Credential project does not match the project scope of the delegated token");
    }
}
