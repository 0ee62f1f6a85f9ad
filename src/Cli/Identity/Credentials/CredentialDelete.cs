using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Identity.Credentials;

sealed class CredentialDelete(Syntax syntax) : DeleteById(syntax, Resources.Credential, "credential", "<credential-id>")
{
    protected override string Summary(int failed, int all) => $"{failed} of {all} credential failed to delete.";
}
