using Cumulet.Cli.Commands;

namespace Cumulet.Cli.Identity.Groups;

sealed class GroupRemoveUser(Syntax syntax) : GroupUsers(syntax, isAdd: false);
