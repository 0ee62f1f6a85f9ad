using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Network.Agents;

sealed class NetworkAgentDelete(Syntax syntax) : DeleteCommand(syntax, Resources.Agent, "network agent");
