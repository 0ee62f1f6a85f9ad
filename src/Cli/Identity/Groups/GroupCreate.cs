using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Identity.Groups;

sealed class GroupCreate(Syntax syntax) : ShowCommand(syntax)
{
    private readonly Argument<string> _name = syntax.Argument("<group-name>", "New group name");
    private readonly Option<string?> _domain = syntax.Value("--domain", "<domain>", "Domain of the group (name or ID)");
    private readonly Option<string?> _description = syntax.Value("--description", "<description>", "Description");
    private readonly Option<bool> _orShow = syntax.Flag("--or-show", "Show it if it is there already");

    public override string Description => "Create new group";

    protected override async Task<Record?> Show(Call call, CancellationToken cancellation)
    {
        var body = new JsonObject { ["name"] = call[_name] }
            .With("domain_id", await call.Cloud.FindIdOrNull(Resources.Domain, call[_domain], cancellation)).With("description", call[_description]);
        return await Entity.Create(call, Resources.Group, body, call[_orShow], cancellation);
    }
}
