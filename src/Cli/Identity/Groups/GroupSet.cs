using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Identity.Groups;

sealed class GroupSet(Syntax syntax) : ActionCommand(syntax)
{
    private readonly Argument<string> _group = syntax.Argument("<group>", "Group to modify (name or ID)");
    private readonly Option<string?> _domain = syntax.Value("--domain", "<domain>", "Domain it is in (name or ID)");
    private readonly Option<string?> _name = syntax.Value("--name", "<name>", "New name");
    private readonly Option<string?> _description = syntax.Value("--description", "<description>", "New description");

    public override string Description => "Set group properties";

    protected override async Task Act(Call call, CancellationToken cancellation)
    {
        var group = await Entity.Find(call, Resources.Group, call[_group], _domain, cancellation);
        var body = new JsonObject().With("name", call[_name]).With("description", call[_description]);
        await Entity.Update(call, Resources.Group, group.Id(), body, cancellation);
    }
}
