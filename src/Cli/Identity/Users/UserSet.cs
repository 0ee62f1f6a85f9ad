using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Identity.Users;

sealed class UserSet(Syntax syntax) : ActionCommand(syntax)
{
    private readonly Argument<string> _user = syntax.Argument("<user>", "User to modify (name or ID)");
    private readonly Option<string?> _name = syntax.Value("--name", "<name>", "New name");
    private readonly Option<string?> _domain = syntax.Value("--domain", "<domain>", "Domain the user is in (name or ID)");
    private readonly ProjectOption _project = new(syntax, "New default project (name or ID)");
    private readonly Option<string?> _password = syntax.Value("--password", "<password>", "New password");
    private readonly Option<bool> _prompt = syntax.Flag("--password-prompt", "Ask for the new password");
    private readonly Option<string?> _email = syntax.Value("--email", "<email-address>", "New email address");
    private readonly Option<string?> _description = syntax.Value("--description", "<description>", "New description");
    private readonly UserFlags _flags = new(syntax);
    private readonly Option<bool> _enable = syntax.FlagIn("state", "--enable", "Enable it");
    private readonly Option<bool> _disable = syntax.FlagIn("state", "--disable", "Disable it");

    public override string Description => "Set user properties";

    protected override async Task Act(Call call, CancellationToken cancellation)
    {
        var password = call[_prompt] ? UserPassword.AskTwice(call) : call[_password];
        if (password is "") call.Terminal.Error.WriteLine("No password was supplied, authentication will fail when a user does not have a password.");
        var user = await Entity.Find(call, Resources.User, call[_user], _domain, cancellation);
        var body = new JsonObject().With("name", call[_name]).With("email", call[_email]).With("password", password)
            .With("description", call[_description]).With("default_project_id", await _project.Id(call, cancellation))
            .With("enabled", call.Either(_enable, _disable));
        _flags.AddTo(body, call);
        await Entity.Update(call, Resources.User, user.Id(), body, cancellation);
    }
}
