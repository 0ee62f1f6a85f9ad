using Cumulet.Cli.Commands;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Identity.Ec2Credentials;

sealed class Ec2CredentialsList(Syntax syntax) : ListCommand(syntax)
{
    private readonly UserOption _user = new(syntax, "User of the credentials (name or ID) (default: you)");

    public override string Description => "List EC2 credentials";

    protected override async Task<Table> List(Call call, CancellationToken cancellation)
    {
        var credentials = await call.Cloud.Identity.List(await Ec2Credential.Path(call, _user, cancellation), "credentials", cancellation);
        return Table.Of(credentials,
            [.. Columns.Headed("Access", "Secret"), Columns.Of("Project ID", "tenant_id"), Columns.Of("User ID", "user_id")]);
    }
}
