using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Identity.Groups;

sealed class GroupContainsUser(Syntax syntax) : ActionCommand(syntax)
{
    private readonly Argument<string> _group = syntax.Argument("<group>", "Group to check (name or ID)");
    private readonly Argument<string> _user = syntax.Argument("<user>", "User to check (name or ID)");
    private readonly Option<string?> _groupDomain = syntax.Value("--group-domain", "<group-domain>", "Domain the group is in (name or ID)");
    private readonly Option<string?> _userDomain = syntax.Value("--user-domain", "<user-domain>", "Domain the user is in (name or ID)");

    public override string Description => "Check user membership in group";

    protected override async Task Act(Call call, CancellationToken cancellation)
    {
        var user = await Entity.Find(call, Resources.User, call[_user], _userDomain, cancellation);
        var group = await Entity.Find(call, Resources.Group, call[_group], _groupDomain, cancellation);
        try
        {
            await call.Cloud.Identity.Head($"/groups/{group.Id()}/users/{user.Id()}", cancellation);
            call.Terminal.Out.WriteLine($"{call[_user]} in group {call[_group]}");
        }
        catch (ApiError error) when (error.Status is 403 or 404)
        {
            call.Terminal.Error.WriteLine($"{call[_user]} not in group {call[_group]}");
        }
    }
}
