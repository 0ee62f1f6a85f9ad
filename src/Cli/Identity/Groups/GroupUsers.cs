using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Identity.Groups;

/// <summary><c>group add|remove user</c>.</summary>
abstract class GroupUsers(Syntax syntax, bool isAdd) : ActionCommand(syntax)
{
    private readonly Argument<string> _group = syntax.Argument("<group>", "Group (name or ID)");
    private readonly Argument<string[]> _users = syntax.Several("<user>", "User(s) (name or ID)");
    private readonly Option<string?> _groupDomain = syntax.Value("--group-domain", "<group-domain>", "Domain the group is in (name or ID)");
    private readonly Option<string?> _userDomain = syntax.Value("--user-domain", "<user-domain>", "Domain the users are in (name or ID)");

    public override string Description => isAdd ? "Add user to group" : "Remove user from group";

    protected override async Task Act(Call call, CancellationToken cancellation)
    {
        var group = await Entity.Find(call, Resources.Group, call[_group], _groupDomain, cancellation);
        foreach (var name in call[_users])
        {
            var user = await Entity.Find(call, Resources.User, name, _userDomain, cancellation);
            var path = $"/groups/{group.Id()}/users/{user.Id()}";
            await (isAdd ? call.Cloud.Identity.Put(path, null, cancellation) : call.Cloud.Identity.Delete(path, cancellation));
        }
    }
}
