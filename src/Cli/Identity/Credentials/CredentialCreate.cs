using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Identity.Credentials;

sealed class CredentialCreate(Syntax syntax) : ShowCommand(syntax)
{
    private readonly Argument<string> _user = syntax.Argument("<user>", "User that owns the credential (name or ID)");
    private readonly Option<string?> _type = syntax.Value("--type", "<type>", "Type: cert (default), ec2, totp and so on");
    private readonly Argument<string> _data = syntax.Argument("<data>", "What the credential is");
    private readonly Option<string?> _project = syntax.Value("--project", "<project>", "Project that it is only good for (name or ID)");

    public override string Description => "Create new credential";

    protected override async Task<Record?> Show(Call call, CancellationToken cancellation)
    {
        var body = new JsonObject
        {
            ["user_id"] = await call.Cloud.FindId(Resources.User, call[_user], cancellation),
            ["type"] = call[_type] ?? "cert", ["blob"] = call[_data],
        };
        body.With("project_id", await call.Cloud.FindIdOrNull(Resources.Project, call[_project], cancellation));
        return await Entity.Create(call, Resources.Credential, body, orShow: false, cancellation);
    }
}
