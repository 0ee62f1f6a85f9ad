using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Network.Networks;

sealed class NetworkUnset(Syntax syntax) : ActionCommand(syntax)
{
    private readonly Argument<string> _network = syntax.Argument("<network>", "Network to modify (name or ID)");
    private readonly Tags _tags = new(syntax, Resources.Network, TagUse.Unset);

    public override string Description => "Unset network properties";

    protected override async Task Act(Call call, CancellationToken cancellation) =>
        await _tags.Apply(call, await call.Cloud.Find(Resources.Network, call[_network], cancellation), cancellation);
}
