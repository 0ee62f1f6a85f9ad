using Cumulet.ControlPlane.Api;

namespace Cumulet.ControlPlane.Compute.Keypairs;

/// <summary>Every URL of key pairs; the policy asks about the user whose keys they are.</summary>
internal static class KeypairRoutes
{
    public static void Map(RouteTable routes, CloudParts parts)
    {
        var create = new CreateKeypair(parts);
        var read = new ReadKeypairs(parts.Database);
        routes.Get("v2.1/os-keypairs", "os_compute_api:os-keypairs:index", read.List).ByTarget();
        routes.Post("v2.1/os-keypairs", "os_compute_api:os-keypairs:create", create.Handle).ByTarget();
        routes.Get("v2.1/os-keypairs/{name}", "os_compute_api:os-keypairs:show", read.Show).ByTarget();
        routes.Delete("v2.1/os-keypairs/{name}", "os_compute_api:os-keypairs:delete", read.Delete).ByTarget();
    }

    /// <summary>Whose keys a request is about: its own, or since 2.10 those of the user it names.</summary>
    public static string AuthorizedUser(ApiRequest request, string? named)
    {
        var user = request.At(2, 10) && named is { Length: > 0 } ? named : request.Caller.UserId;
        request.Authorize(new PolicyTarget { ["user_id"] = user });
        return user;
    }
}
