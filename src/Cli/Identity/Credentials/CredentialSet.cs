using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Identity.Credentials;

sealed class CredentialSet(Syntax syntax) : ActionCommand(syntax)
{
    private readonly Argument<string> _credential = syntax.Argument("<credential-id>", "Credential to change (ID)");
    private readonly Option<string?> _user = syntax.Needed("--user", "<user>", "User that owns the credential (name or ID)");
    private readonly Option<string?> _type = syntax.Needed("--type", "<type>", "New type: cert, ec2, totp and so on");
    private readonly Option<string?> _data = syntax.Needed("--data", "<data>", "What the credential is now");
    private readonly Option<string?> _project = syntax.Value("--project", "<project>", "Project that it is only good for (name or ID)");

    public override string Description => "Set credential properties";

    protected override async Task Act(Call call, CancellationToken cancellation)
    {
        var body = new JsonObject
        {
            ["user_id"] = await call.Cloud.FindId(Resources.User, call[_user]!, cancellation),
            ["type"] = call[_type], ["blob"] = call[_data],
        };
        body.With("project_id", await call.Cloud.FindIdOrNull(Resources.Project, call[_project], cancellation));
        await Entity.Update(call, Resources.Credential, Uri.EscapeDataString(call[_credential]), body, cancellation);
    }
}
