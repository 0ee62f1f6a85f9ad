using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Identity.Users;

sealed class UserList(Syntax syntax) : ListCommand(syntax)
{
    private readonly Option<string?> _domain = syntax.Value("--domain", "<domain>", "Keep users of this domain (name or ID)");
    private readonly Option<string?> _group = syntax.ValueIn("of", "--group", "<group>", "Keep users of this group (name or ID)");
    private readonly Option<string?> _project = syntax.ValueIn("of", "--project", "<project>", "Keep users with a role on this project (name or ID)");
    private readonly Option<bool> _long = syntax.Flag("--long", "List more fields");

    public override string Description => "List users";

    protected override async Task<Table> List(Call call, CancellationToken cancellation)
    {
        var identity = call.Cloud.Identity;
        var domain = await call.Cloud.FindIdOrNull(Resources.Domain, call[_domain], cancellation);
        var query = new Query().With("domain_id", domain);
        List<JsonObject> users;
        if (await call.Cloud.FindIdOrNull(Resources.Project, call[_project], cancellation) is { } project)
            users = await OfProject(identity, project, domain, cancellation);
        else if (await call.Cloud.FindIdOrNull(Resources.Group, call[_group], cancellation) is { } group)
            users = await identity.List($"/groups/{group}/users{query}", "users", cancellation);
        else
            users = await identity.List("/users" + query, "users", cancellation);
        (string, Func<JsonObject, Cell>)[] columns = [Columns.Of("ID", "id"), Columns.Of("Name", "name")];
        return Table.Of(users, call[_long]
            ? [.. columns, Columns.Of("Project", "default_project_id"), Columns.Of("Domain", "domain_id"), Columns.Of("Description", "description"),
                Columns.Of("Email", "email"), Columns.Of("Enabled", "enabled")]
            : columns);
    }

    private static async Task<List<JsonObject>> OfProject(ServiceClient identity, string project, string? domain, CancellationToken cancellation)
    {
        var assignments = await identity.List("/role_assignments?scope.project.id=" + project, "role_assignments", cancellation);
        var ids = assignments.Select(assignment => assignment["user"].Text("id")).OfType<string>().Distinct();
        var users = await Task.WhenAll(ids.Select(async id => (await identity.Get("/users/" + id, cancellation))["user"]!.AsObject()));
        return [.. users.Where(user => domain is null || user.Text("domain_id") == domain)];
    }
}
