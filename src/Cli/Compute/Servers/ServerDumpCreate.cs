using Cumulet.Cli.Commands;

namespace Cumulet.Cli.Compute.Servers;

sealed class ServerDumpCreate(Syntax syntax) : ServersAction(syntax, "Create a dump file in server(s)", "trigger_crash_dump", needs: "2.17");
