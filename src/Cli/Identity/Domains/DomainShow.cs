using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Identity.Domains;

sealed class DomainShow(Syntax syntax) : ShowByNameCommand(syntax, Resources.Domain, "domain", Entity.Show);
