using System.Text.RegularExpressions;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Identity.Tokens;

namespace Cumulet.ControlPlane.Identity.Catalog;

/// <summary>
/// An endpoint's URL. The cloud's own endpoints are kept as a path: what stands before it is the address under which the
/// request itself reached us, so a catalog is always reachable. Of the substitutions only project and user ids are filled
/// in: anything else a URL might name could show what is inside.
/// </summary>
internal static partial class CatalogUrl
{
    public static string CloudUrl(ApiRequest request) => $"{request.Http.Request.Scheme}://{request.Http.Request.Host}";

    /// <summary>For the endpoint API: the template, absolute.</summary>
    public static string Absolute(string url, string cloudUrl) => url.StartsWith('/') ? cloudUrl + url : url;

    /// <summary>Null where the token has nothing to fill a hole with.</summary>
    public static string? Fill(string url, string cloudUrl, Token token)
    {
        var complete = true;
        var filled = Hole().Replace(Absolute(url, cloudUrl), hole =>
        {
            var value = hole.Groups["name"].Value switch
            {
                "project_id" or "tenant_id" => token.Project?.Id,
                "user_id" => token.User.Id,
                _ => hole.Value,
            };
            complete &= value is not null;
            return value ?? "";
        });
        return complete ? filled : null;
    }

    [GeneratedRegex(@"[$%]\((?<name>[a-z_]+)\)s")]
    private static partial Regex Hole();
}
