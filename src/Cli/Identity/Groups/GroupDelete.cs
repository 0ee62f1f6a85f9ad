using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Identity.Groups;

sealed class GroupDelete(Syntax syntax) : DeleteInDomain(syntax, Resources.Group, "group");
