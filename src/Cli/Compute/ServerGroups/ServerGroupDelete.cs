using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Compute.ServerGroups;

sealed class ServerGroupDelete(Syntax syntax) : DeleteCommand(syntax, Resources.ServerGroup, "server group");
