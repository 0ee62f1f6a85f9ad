using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Identity.Domains;

sealed class DomainDelete(Syntax syntax) : DeleteCommand(syntax, Resources.Domain, "domain");
