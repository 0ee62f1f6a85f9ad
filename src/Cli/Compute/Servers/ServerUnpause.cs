using Cumulet.Cli.Commands;

namespace Cumulet.Cli.Compute.Servers;

sealed class ServerUnpause(Syntax syntax) : ServersAction(syntax, "Unpause server(s)", "unpause");
