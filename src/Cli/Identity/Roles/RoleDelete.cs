using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Identity.Roles;

sealed class RoleDelete(Syntax syntax) : DeleteInDomain(syntax, Resources.Role, "role");
