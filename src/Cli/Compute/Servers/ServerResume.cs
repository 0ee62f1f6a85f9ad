using Cumulet.Cli.Commands;

namespace Cumulet.Cli.Compute.Servers;

sealed class ServerResume(Syntax syntax) : ServersAction(syntax, "Resume server(s)", "resume");
