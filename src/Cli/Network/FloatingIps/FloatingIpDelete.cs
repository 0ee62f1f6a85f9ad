using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Network.FloatingIps;

sealed class FloatingIpDelete(Syntax syntax) : DeleteCommand(syntax, Resources.FloatingIp, "floating_ip", "<floating-ip>")
{
    public override string Description => "Delete floating IP(s)";
}
