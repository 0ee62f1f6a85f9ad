using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Identity.Projects;

sealed class ProjectList(Syntax syntax) : ListCommand(syntax)
{
    private readonly Option<string?> _domain = syntax.Value("--domain", "<domain>", "Keep projects of this domain (name or ID)");
    private readonly Option<string?> _parent = syntax.Value("--parent", "<parent>", "Keep projects below this one (name or ID)");
    private readonly Option<string?> _user = syntax.Value("--user", "<user>", "Keep projects this user has a role on (name or ID)");
    private readonly Option<bool> _mine = syntax.Flag("--my-projects", "Keep projects that you have a role on");
    private readonly Option<bool> _long = syntax.Flag("--long", "List more fields");
    private readonly Option<string?> _sort = syntax.Value("--sort", "<key>[:<direction>]", "Sort by these keys");
    private readonly Option<string?> _tags = syntax.Value("--tags", "<tag>[,<tag>,...]", "Keep projects with all these tags");
    private readonly Option<string?> _anyTags = syntax.Value("--tags-any", "<tag>[,<tag>,...]", "Keep projects with any of these tags");
    private readonly Option<string?> _notTags = syntax.Value("--not-tags", "<tag>[,<tag>,...]", "Drop projects with all these tags");
    private readonly Option<string?> _notAnyTags = syntax.Value("--not-tags-any", "<tag>[,<tag>,...]", "Drop projects with any of these tags");

    public override string Description => "List projects";

    protected override async Task<Table> List(Call call, CancellationToken cancellation)
    {
        var query = new Query().With("domain_id", await call.Cloud.FindIdOrNull(Resources.Domain, call[_domain], cancellation))
            .With("parent_id", await call.Cloud.FindIdOrNull(Resources.Project, call[_parent], cancellation))
            .With("tags", call[_tags]).With("tags-any", call[_anyTags]).With("not-tags", call[_notTags]).With("not-tags-any", call[_notAnyTags]);
        var user = call[_mine] ? (await call.Cloud.Session(cancellation)).UserId
            : await call.Cloud.FindIdOrNull(Resources.User, call[_user], cancellation);
        var path = user is null ? "/projects" + query : $"/users/{user}/projects{query}";
        var projects = await Projects(call, path, user is null && query.ToString().Length == 0, cancellation);
        IEnumerable<JsonObject> sorted = call[_sort] is { } keys ? ItemOrder.Sort(projects, keys) : projects;
        (string, Func<JsonObject, Cell>)[] columns = [Columns.Of("ID", "id"), Columns.Of("Name", "name")];
        return Table.Of(sorted, call[_long]
            ? [.. columns, Columns.Of("Domain ID", "domain_id"), Columns.Of("Description", "description"), Columns.Of("Enabled", "enabled")]
            : columns);
    }

    /// <summary>Who may not list all projects gets their own.</summary>
    private static async Task<List<JsonObject>> Projects(Call call, string path, bool mayFallBack, CancellationToken cancellation)
    {
        try
        {
            return await call.Cloud.Identity.List(path, "projects", cancellation);
        }
        catch (ApiError error) when (error.Status == 403 && mayFallBack)
        {
            var user = (await call.Cloud.Session(cancellation)).UserId;
            return await call.Cloud.Identity.List($"/users/{user}/projects", "projects", cancellation);
        }
    }
}
