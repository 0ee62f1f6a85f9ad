using Cumulet.Cli.Commands;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Identity.Ec2Credentials;

sealed class Ec2CredentialsCreate(Syntax syntax) : ShowCommand(syntax)
{
    private readonly ProjectOption _project = new(syntax, "Project of the credentials (name or ID) (default: the one you are in)");
    private readonly UserOption _user = new(syntax, "User of the credentials (name or ID) (default: you)");

    public override string Description => "Create EC2 credentials";

    protected override async Task<Record?> Show(Call call, CancellationToken cancellation)
    {
        var path = await Ec2Credential.Path(call, _user, cancellation);
        var project = await _project.Id(call, cancellation) ?? (await call.Cloud.Session(cancellation)).ProjectId;
        return Ec2Credential.Show(await call.Cloud.Identity.Post(path, new JsonObject { ["tenant_id"] = project }, cancellation));
    }
}
