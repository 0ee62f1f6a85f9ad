using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Identity.Roles;

sealed class RoleSet(Syntax syntax) : ActionCommand(syntax)
{
    private readonly Argument<string> _role = syntax.Argument("<role>", "Role to modify (name or ID)");
    private readonly Option<string?> _description = syntax.Value("--description", "<description>", "New description");
    private readonly Option<string?> _domain = syntax.Value("--domain", "<domain>", "Domain it is in (name or ID)");
    private readonly Option<string?> _name = syntax.Value("--name", "<name>", "New name");
    private readonly ImmutableOption _immutable = new(syntax);

    public override string Description => "Set role properties";

    protected override async Task Act(Call call, CancellationToken cancellation)
    {
        var role = await Entity.Find(call, Resources.Role, call[_role], _domain, cancellation);
        var body = new JsonObject().With("name", call[_name]).With("description", call[_description]);
        _immutable.AddTo(body, call);
        await Entity.Update(call, Resources.Role, role.Id(), body, cancellation);
    }
}
