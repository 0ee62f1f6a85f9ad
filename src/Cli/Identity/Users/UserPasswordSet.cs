using Cumulet.Cli.Commands;

namespace Cumulet.Cli.Identity.Users;

sealed class UserPasswordSet(Syntax syntax) : ActionCommand(syntax)
{
    private readonly Option<string?> _password = syntax.Value("--password", "<new-password>", "New password");
    private readonly Option<string?> _original = syntax.Value("--original-password", "<original-password>", "Password so far");

    public override string Description => "Change current user password";

    protected override async Task Act(Call call, CancellationToken cancellation)
    {
        var original = call[_original] ?? call.Terminal.AskSecret("Current Password:") ?? throw new CommandError("Give --original-password");
        var password = call[_password] ?? UserPassword.AskTwice(call);
        var user = (await call.Cloud.Session(cancellation)).UserId;
        var body = new JsonObject { ["user"] = new JsonObject { ["password"] = password, ["original_password"] = original } };
        await call.Cloud.Identity.Post($"/users/{user}/password", body, cancellation);
    }
}
