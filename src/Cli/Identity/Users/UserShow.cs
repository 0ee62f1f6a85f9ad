using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Identity.Users;

sealed class UserShow(Syntax syntax) : ShowCommand(syntax)
{
    private readonly Argument<string> _user = syntax.Argument("<user>", "User to display (name or ID)");
    private readonly Option<string?> _domain = syntax.Value("--domain", "<domain>", "Domain the user is in (name or ID)");

    public override string Description => "Display user details";

    protected override async Task<Record?> Show(Call call, CancellationToken cancellation)
    {
        var session = await call.Cloud.Session(cancellation);
        // Everybody may read themselves, but only by id.
        if (call[_domain] is null && session.Body.Field("user").Text("name") == call[_user]
            && await call.Cloud.Identity.GetOrNull("/users/" + session.UserId, cancellation) is { } self)
            return Entity.Show(Resources.User.One(self));
        return Entity.Show(await Entity.Find(call, Resources.User, call[_user], _domain, cancellation));
    }
}
