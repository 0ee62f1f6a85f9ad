using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Identity;

/// <summary><c>--project</c> and <c>--project-domain</c>, which many commands of all services share.</summary>
sealed class ProjectOption(Syntax syntax, string help)
{
    private readonly Option<string?> _project = syntax.Value("--project", "<project>", help);
    private readonly Option<string?> _domain =
        syntax.Value("--project-domain", "<project-domain>", "Domain the project belongs to (name or ID)");

    public Option<string?> Option => _project;

    public bool IsGiven(Call call) => call[_project] is not null;

    public async Task<string?> Id(Call call, CancellationToken cancellation)
    {
        if (call[_project] is not { } project) return null;
        var domain = await call.Cloud.FindIdOrNull(Resources.Domain, call[_domain], cancellation);
        return await Ids.Of(call.Cloud, Resources.Project, project, domain, cancellation);
    }
}

/// <summary><c>--user</c> and <c>--user-domain</c>.</summary>
sealed class UserOption(Syntax syntax, string help)
{
    private readonly Option<string?> _user = syntax.Value("--user", "<user>", help);
    private readonly Option<string?> _domain = syntax.Value("--user-domain", "<user-domain>", "Domain the user belongs to (name or ID)");

    public Option<string?> Option => _user;

    public bool IsGiven(Call call) => call[_user] is not null;

    public async Task<string?> Id(Call call, CancellationToken cancellation)
    {
        if (call[_user] is not { } user) return null;
        var domain = await call.Cloud.FindIdOrNull(Resources.Domain, call[_domain], cancellation);
        return await Ids.Of(call.Cloud, Resources.User, user, domain, cancellation);
    }
}

/// <summary>
/// Ids of projects and users for people who may not read the Identity service's lists: where it forbids the question,
/// the text itself is taken for the id, as the python client does.
/// </summary>
static class Ids
{
    public static async Task<string> Of(Cloud cloud, Resource resource, string nameOrId, string? domain, CancellationToken cancellation)
    {
        try
        {
            return await cloud.FindId(resource, nameOrId, cancellation, domain is null ? "" : "&domain_id=" + domain);
        }
        catch (ApiError error) when (error.Status == 403)
        {
            return nameOrId;
        }
    }
}
