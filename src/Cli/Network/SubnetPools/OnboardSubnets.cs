using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Network.SubnetPools;

sealed class OnboardSubnets(Syntax syntax) : ActionCommand(syntax)
{
    private readonly Argument<string> _network = syntax.Argument("<network>", "Onboard all subnets associated with this network");
    private readonly Argument<string> _pool = syntax.Argument("<subnetpool>", "Target subnet pool for onboarding subnets");

    public override string Description => "Onboard network subnets into a subnet pool";

    protected override async Task Act(Call call, CancellationToken cancellation)
    {
        var pool = await call.Cloud.FindId(Resources.SubnetPool, call[_pool], cancellation);
        var network = await call.Cloud.FindId(Resources.Network, call[_network], cancellation);
        try
        {
            await call.Cloud.Network.Put($"/subnetpools/{pool}/onboard_network_subnets", new JsonObject { ["network_id"] = network },
                cancellation);
        }
        catch (ApiError error)
        {
            throw new CommandError($"Failed to onboard subnets for network '{call[_network]}': {error.Message}");
        }
    }
}
