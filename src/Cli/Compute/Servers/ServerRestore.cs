using Cumulet.Cli.Commands;

namespace Cumulet.Cli.Compute.Servers;

sealed class ServerRestore(Syntax syntax) : ServersAction(syntax, "Restore server(s)", "restore");
