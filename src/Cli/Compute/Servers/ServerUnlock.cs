using Cumulet.Cli.Commands;

namespace Cumulet.Cli.Compute.Servers;

sealed class ServerUnlock(Syntax syntax) : ServersAction(syntax, "Unlock server(s)", "unlock");
