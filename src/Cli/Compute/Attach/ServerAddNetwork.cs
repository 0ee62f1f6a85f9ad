using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Compute.Attach;

sealed class ServerAddNetwork(Syntax syntax) : ServerAddInterface(syntax, Resources.Network, "network", "net_id");
