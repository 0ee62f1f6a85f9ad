using Cumulet.Cli.Commands;

namespace Cumulet.Cli.Compute.Servers;

sealed class ServerUnrescue(Syntax syntax) : ServerAction(syntax, "Restore server from rescue mode", "unrescue");
