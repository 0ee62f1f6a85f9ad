using Cumulet.Cli.Commands;

namespace Cumulet.Cli.Identity.Roles;

sealed class RoleRemove(Syntax syntax) : RoleGrant(syntax, isAdd: false);
