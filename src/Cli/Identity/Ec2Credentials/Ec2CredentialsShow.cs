using Cumulet.Cli.Commands;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Identity.Ec2Credentials;

sealed class Ec2CredentialsShow(Syntax syntax) : ShowCommand(syntax)
{
    private readonly Argument<string> _key = syntax.Argument("<access-key>", "Access key of the credentials");
    private readonly UserOption _user = new(syntax, "User of the credentials (name or ID) (default: you)");

    public override string Description => "Display EC2 credentials details";

    protected override async Task<Record?> Show(Call call, CancellationToken cancellation)
    {
        var path = await Ec2Credential.Path(call, _user, cancellation);
        return Ec2Credential.Show(await call.Cloud.Identity.Get($"{path}/{Uri.EscapeDataString(call[_key])}", cancellation));
    }
}
