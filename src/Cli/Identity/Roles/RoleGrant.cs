using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Identity.Roles;

/// <summary><c>role add</c> and <c>role remove</c>: who gets or loses it, and on what.</summary>
abstract class RoleGrant(Syntax syntax, bool isAdd) : ActionCommand(syntax)
{
    private readonly Argument<string> _role = syntax.Argument("<role>", "Role (name or ID)");
    private readonly Option<string?> _system = syntax.ValueIn("on", "--system", "<system>", "On the system: all");
    private readonly Option<string?> _domain = syntax.ValueIn("on", "--domain", "<domain>", "On this domain (name or ID)");
    private readonly Option<string?> _project = syntax.ValueIn("on", "--project", "<project>", "On this project (name or ID)");
    private readonly Option<string?> _user = syntax.ValueIn("who", "--user", "<user>", "This user (name or ID)");
    private readonly Option<string?> _group = syntax.ValueIn("who", "--group", "<group>", "This group (name or ID)");
    private readonly Option<string?> _groupDomain = syntax.Value("--group-domain", "<group-domain>", "Domain the group is in (name or ID)");
    private readonly Option<string?> _projectDomain = syntax.Value("--project-domain", "<project-domain>", "Domain the project is in (name or ID)");
    private readonly Option<string?> _userDomain = syntax.Value("--user-domain", "<user-domain>", "Domain the user is in (name or ID)");
    private readonly Option<bool> _inherited = syntax.Flag("--inherited", "It is inherited by the projects below");
    private readonly Option<string?> _roleDomain = syntax.Value("--role-domain", "<role-domain>", "Domain the role is in (name or ID)");

    public override string Description => isAdd
        ? "Adds a role assignment to a user or group on the system, a domain, or a project"
        : "Removes a role assignment from system/domain/project : user/group";

    protected override async Task Act(Call call, CancellationToken cancellation)
    {
        if ((call[_user] ?? call[_group]) is null || (call[_system] ?? call[_domain] ?? call[_project]) is null)
        {
            throw new CommandError($"Role not {(isAdd ? "added" : "removed")}, incorrect set of arguments provided: "
                + "one of --user and --group, and one of --system, --domain and --project are needed. See openstack --help for more details");
        }

        var who = call[_user] is { } user
            ? "users/" + (await Entity.Find(call, Resources.User, user, _userDomain, cancellation)).Id()
            : "groups/" + (await Entity.Find(call, Resources.Group, call[_group]!, _groupDomain, cancellation)).Id();
        var on = call[_system] is not null ? "system"
            : call[_domain] is { } domain ? "domains/" + await call.Cloud.FindId(Resources.Domain, domain, cancellation)
            : "projects/" + (await Entity.Find(call, Resources.Project, call[_project]!, _projectDomain, cancellation)).Id();
        var role = await Entity.Find(call, Resources.Role, call[_role], _roleDomain, cancellation);
        var path = call[_inherited] ? $"/OS-INHERIT/{on}/{who}/roles/{role.Id()}/inherited_to_projects" : $"/{on}/{who}/roles/{role.Id()}";
        await (isAdd ? call.Cloud.Identity.Put(path, null, cancellation) : call.Cloud.Identity.Delete(path, cancellation));
    }
}
