using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Identity.Ec2Credentials;

sealed class Ec2CredentialsDelete(Syntax syntax) : DeleteCommand(syntax, Resources.Credential, "EC2 key", "<access-key>")
{
    private readonly UserOption _user = new(syntax, "User of the credentials (name or ID) (default: you)");

    public override string Description => "Delete EC2 credentials";

    protected override async Task Delete(Call call, string name, CancellationToken cancellation)
    {
        var path = await Ec2Credential.Path(call, _user, cancellation);
        await call.Cloud.Identity.Delete($"{path}/{Uri.EscapeDataString(name)}", cancellation);
    }
}
