using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Identity.Credentials;

sealed class CredentialList(Syntax syntax) : ListCommand(syntax)
{
    private readonly UserOption _user = new(syntax, "Keep credentials of this user (name or ID)");
    private readonly Option<string?> _type = syntax.Value("--type", "<type>", "Keep credentials of this type: cert, ec2, totp and so on");

    public override string Description => "List credentials";

    protected override async Task<Table> List(Call call, CancellationToken cancellation)
    {
        var query = new Query().With("user_id", await _user.Id(call, cancellation)).With("type", call[_type]);
        var credentials = await call.Cloud.Identity.List("/credentials" + query, "credentials", cancellation);
        return Table.Of(credentials,
            [.. Columns.Headed("ID", "Type", "User ID"), Columns.Of("Data", "blob"), Columns.Of("Project ID", "project_id")]);
    }
}
