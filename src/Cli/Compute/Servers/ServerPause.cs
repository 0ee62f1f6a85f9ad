using Cumulet.Cli.Commands;

namespace Cumulet.Cli.Compute.Servers;

sealed class ServerPause(Syntax syntax) : ServersAction(syntax, "Pause server(s)", "pause");
