using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Identity.Roles;

sealed class RoleAssignmentList(Syntax syntax) : ListCommand(syntax)
{
    private readonly Option<bool> _effective = syntax.Flag("--effective", "With what follows from groups, inheritance and implied roles");
    private readonly Option<string?> _role = syntax.Value("--role", "<role>", "Keep this role (name or ID)");
    private readonly Option<string?> _roleDomain = syntax.Value("--role-domain", "<role-domain>", "Domain the role is in (name or ID)");
    private readonly Option<bool> _names = syntax.Flag("--names", "Show names instead of IDs");
    private readonly Option<string?> _user = syntax.ValueIn("who", "--user", "<user>", "Keep this user (name or ID)");
    private readonly Option<string?> _userDomain = syntax.Value("--user-domain", "<user-domain>", "Domain the user is in (name or ID)");
    private readonly Option<string?> _group = syntax.ValueIn("who", "--group", "<group>", "Keep this group (name or ID)");
    private readonly Option<string?> _groupDomain = syntax.Value("--group-domain", "<group-domain>", "Domain the group is in (name or ID)");
    private readonly Option<string?> _domain = syntax.ValueIn("on", "--domain", "<domain>", "Keep this domain (name or ID)");
    private readonly Option<string?> _project = syntax.ValueIn("on", "--project", "<project>", "Keep this project (name or ID)");
    private readonly Option<string?> _system = syntax.ValueIn("on", "--system", "<system>", "Keep the system: all");
    private readonly Option<string?> _projectDomain = syntax.Value("--project-domain", "<project-domain>", "Domain the project is in (name or ID)");
    private readonly Option<bool> _inherited = syntax.Flag("--inherited", "Keep inherited assignments");
    private readonly Option<bool> _authUser = syntax.Flag("--auth-user", "Keep your own");
    private readonly Option<bool> _authProject = syntax.Flag("--auth-project", "Keep the project you are in");

    public override string Description => "List role assignments";

    protected override async Task<Table> List(Call call, CancellationToken cancellation)
    {
        var session = await call.Cloud.Session(cancellation);
        async Task<string?> Id(Option<string?> option, Resource resource, Option<string?>? domain) => call[option] is { } name
            ? (await Entity.Find(call, resource, name, domain, cancellation)).Id() : null;
        var query = new Query().With("user.id", await Id(_user, Resources.User, _userDomain) ?? (call[_authUser] ? session.UserId : null))
            .With("group.id", await Id(_group, Resources.Group, _groupDomain)).With("role.id", await Id(_role, Resources.Role, _roleDomain))
            .With("scope.domain.id", await Id(_domain, Resources.Domain, null)).With("scope.system", call[_system])
            .With("scope.project.id", await Id(_project, Resources.Project, _projectDomain) ?? (call[_authProject] ? session.ProjectId : null))
            .With("scope.OS-INHERIT:inherited_to", call[_inherited] ? "projects" : null)
            .With("effective", call[_effective] ? true : null).With("include_names", call[_names] ? true : null);
        var assignments = await call.Cloud.Identity.List("/role_assignments" + query, "role_assignments", cancellation);
        var names = call[_names];
        return Table.Of(assignments,
        [
            ("Role", item => new Cell((names ? item["role"].Text("name") : item["role"].Text("id")) ?? "")),
            ("User", item => Name(item["user"], names)), ("Group", item => Name(item["group"], names)),
            ("Project", item => Name(item["scope"].Field("project"), names)),
            ("Domain", item => new Cell(item["scope"].Field("domain").Text(names ? "name" : "id") ?? "")),
            ("System", item => new Cell(item["scope"].Field("system") is null ? "" : "all")),
            ("Inherited", item => new Cell(item["scope"].Text("OS-INHERIT:inherited_to") == "projects")),
        ]);
    }

    private static Cell Name(JsonNode? thing, bool names) => new(thing is null ? ""
        : names ? $"{thing.Text("name")}@{thing.Field("domain").Text("name")}" : thing.Text("id"));
}
