using Cumulet.Cli.Commands;

namespace Cumulet.Cli.Compute.Servers;

sealed class ServerSuspend(Syntax syntax) : ServersAction(syntax, "Suspend server(s)", "suspend");
