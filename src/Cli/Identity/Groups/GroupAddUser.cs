using Cumulet.Cli.Commands;

namespace Cumulet.Cli.Identity.Groups;

sealed class GroupAddUser(Syntax syntax) : GroupUsers(syntax, isAdd: true);
