using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Identity.Credentials;

sealed class CredentialShow(Syntax syntax) : ShowById(syntax, Resources.Credential, "credential", "<credential-id>");
