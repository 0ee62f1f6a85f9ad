using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Identity.Users;

sealed class UserCreate(Syntax syntax) : ShowCommand(syntax)
{
    private readonly Argument<string> _name = syntax.Argument("<name>", "New user name");
    private readonly Option<string?> _domain = syntax.Value("--domain", "<domain>", "Domain of the user (name or ID)");
    private readonly ProjectOption _project = new(syntax, "Default project (name or ID)");
    private readonly Option<string?> _password = syntax.Value("--password", "<password>", "Password");
    private readonly Option<bool> _prompt = syntax.Flag("--password-prompt", "Ask for the password");
    private readonly Option<string?> _email = syntax.Value("--email", "<email-address>", "Email address");
    private readonly Option<string?> _description = syntax.Value("--description", "<description>", "Description");
    private readonly UserFlags _flags = new(syntax);
    private readonly Option<bool> _enable = syntax.FlagIn("state", "--enable", "Enable it (default)");
    private readonly Option<bool> _disable = syntax.FlagIn("state", "--disable", "Disable it");
    private readonly Option<bool> _orShow = syntax.Flag("--or-show", "Show it if it is there already");

    public override string Description => "Create new user";

    protected override async Task<Record?> Show(Call call, CancellationToken cancellation)
    {
        var password = call[_prompt] ? UserPassword.AskTwice(call) : call[_password];
        if (string.IsNullOrEmpty(password))
            call.Terminal.Error.WriteLine("No password was supplied, authentication will fail when a user does not have a password.");
        var body = new JsonObject { ["name"] = call[_name], ["enabled"] = call.Either(_enable, _disable) ?? true };
        body.With("domain_id", await call.Cloud.FindIdOrNull(Resources.Domain, call[_domain], cancellation))
            .With("default_project_id", await _project.Id(call, cancellation)).With("password", password).With("email", call[_email])
            .With("description", call[_description]);
        body["options"] = new JsonObject();
        _flags.AddTo(body, call);
        return await Entity.Create(call, Resources.User, body, call[_orShow], cancellation);
    }
}
