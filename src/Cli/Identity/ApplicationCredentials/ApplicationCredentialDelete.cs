using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Identity.ApplicationCredentials;

sealed class ApplicationCredentialDelete(Syntax syntax) : DeleteCommand(syntax, Resources.ApplicationCredential, "application credential")
{
    protected override async Task Delete(Call call, string name, CancellationToken cancellation)
    {
        var credential = await ApplicationCredentialFields.Find(call, name, cancellation);
        await call.Cloud.Identity.Delete($"{await ApplicationCredentialFields.Path(call, cancellation)}/{credential.Id()}", cancellation);
    }
}
