using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Identity.Projects;

sealed class ProjectShow(Syntax syntax) : ShowCommand(syntax)
{
    private readonly Argument<string> _project = syntax.Argument("<project>", "Project to display (name or ID)");
    private readonly Option<string?> _domain = syntax.Value("--domain", "<domain>", "Domain it is in (name or ID)");
    private readonly Option<bool> _parents = syntax.Flag("--parents", "Show its parents");
    private readonly Option<bool> _children = syntax.Flag("--children", "Show what is below it");

    public override string Description => "Display project details";

    protected override async Task<Record?> Show(Call call, CancellationToken cancellation)
    {
        var project = await Own(call, cancellation) ?? await Entity.Find(call, Resources.Project, call[_project], _domain, cancellation);
        if (call[_parents] || call[_children])
        {
            var query = new Query().With("parents_as_ids", call[_parents] ? true : null).With("subtree_as_ids", call[_children] ? true : null);
            project = Resources.Project.One(await call.Cloud.Identity.Get($"/projects/{project.Id()}{query}", cancellation));
        }

        return Entity.Show(project);
    }

    /// <summary>The project one is in can be read by everybody in it, but only by its id.</summary>
    private async Task<JsonObject?> Own(Call call, CancellationToken cancellation)
    {
        var session = await call.Cloud.Session(cancellation);
        if (call[_domain] is not null || session.Body.Field("project").Text("name") != call[_project]) return null;
        var answer = await call.Cloud.Identity.GetOrNull("/projects/" + session.ProjectId, cancellation);
        return answer is null ? null : Resources.Project.One(answer);
    }
}
