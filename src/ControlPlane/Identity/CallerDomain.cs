using System.Text.Json;
using Cumulet.ControlPlane.Api;

namespace Cumulet.ControlPlane.Identity;

/// <summary>Into which domain something new goes where the body does not say: that of the token.</summary>
internal static class CallerDomain
{
    public const string DefaultId = "default";

    public static string For(ApiRequest request, JsonElement body) =>
        body.GetText("domain_id") ?? request.Caller.DomainId ?? request.Caller.ProjectDomainId ?? DefaultId;
}
