using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Network.FloatingIps;

sealed class FloatingIpShow(Syntax syntax)
    : ShowByNameCommand(syntax, Resources.FloatingIp, "floating IP", FloatingIpFields.Show, "<floating-ip>");
