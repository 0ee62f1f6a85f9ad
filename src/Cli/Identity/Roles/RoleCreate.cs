using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Identity.Roles;

sealed class RoleCreate(Syntax syntax) : ShowCommand(syntax)
{
    private readonly Argument<string> _name = syntax.Argument("<role-name>", "New role name");
    private readonly Option<string?> _description = syntax.Value("--description", "<description>", "Description");
    private readonly Option<string?> _domain = syntax.Value("--domain", "<domain>", "Domain of the role (name or ID)");
    private readonly Option<bool> _orShow = syntax.Flag("--or-show", "Show it if it is there already");
    private readonly ImmutableOption _immutable = new(syntax);

    public override string Description => "Create new role";

    protected override async Task<Record?> Show(Call call, CancellationToken cancellation)
    {
        var body = new JsonObject { ["name"] = call[_name] }
            .With("domain_id", await call.Cloud.FindIdOrNull(Resources.Domain, call[_domain], cancellation)).With("description", call[_description]);
        body["options"] = new JsonObject();
        _immutable.AddTo(body, call);
        return await Entity.Create(call, Resources.Role, body, call[_orShow], cancellation);
    }
}
