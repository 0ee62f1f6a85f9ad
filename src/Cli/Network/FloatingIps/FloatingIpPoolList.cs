using Cumulet.Cli.Commands;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Network.FloatingIps;

/// <summary>Pools were of nova's own networks; where there is a Network service the command only says so.</summary>
sealed class FloatingIpPoolList(Syntax syntax) : ListCommand(syntax)
{
    public override string Description => "List pools of floating IP addresses";

    protected override Task<Table> List(Call call, CancellationToken cancellation) =>
        throw new CommandError("Floating ip pool operations are only available for Compute v2 network.");
}
