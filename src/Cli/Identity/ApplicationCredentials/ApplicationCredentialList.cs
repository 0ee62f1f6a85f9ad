using Cumulet.Cli.Commands;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Identity.ApplicationCredentials;

sealed class ApplicationCredentialList(Syntax syntax) : ListCommand(syntax)
{
    private readonly UserOption _user = new(syntax, "User whose application credentials are listed (name or ID)");

    public override string Description => "List application credentials";

    protected override async Task<Table> List(Call call, CancellationToken cancellation)
    {
        var path = await _user.Id(call, cancellation) is { } user ? $"/users/{user}/application_credentials"
            : await ApplicationCredentialFields.Path(call, cancellation);
        var credentials = await call.Cloud.Identity.List(path, "application_credentials", cancellation);
        return Table.Of(credentials,
        [
            Columns.Of("ID", "id"), Columns.Of("Name", "name"), Columns.Of("Project ID", "project_id"), Columns.Of("Description", "description"),
            Columns.Of("Expires At", "expires_at"),
        ]);
    }
}
