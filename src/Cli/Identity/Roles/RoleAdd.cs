using Cumulet.Cli.Commands;

namespace Cumulet.Cli.Identity.Roles;

sealed class RoleAdd(Syntax syntax) : RoleGrant(syntax, isAdd: true);
