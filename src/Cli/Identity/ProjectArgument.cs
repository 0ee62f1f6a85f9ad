using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Identity;

/// <summary>A project that has to be named, with the domain it is in.</summary>
sealed class ProjectArgument(Syntax syntax, string help)
{
    private readonly Argument<string> _project = syntax.Argument("<project>", help);
    private readonly Option<string?> _domain =
        syntax.Value("--project-domain", "<project-domain>", "Domain the project belongs to (name or ID)");

    public async Task<string> Id(Call call, CancellationToken cancellation)
    {
        var domain = await call.Cloud.FindIdOrNull(Resources.Domain, call[_domain], cancellation);
        return await Ids.Of(call.Cloud, Resources.Project, call[_project], domain, cancellation);
    }
}
