using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Network.SecurityGroups;

sealed class SecurityGroupUnset(Syntax syntax) : ActionCommand(syntax)
{
    private readonly Argument<string> _group = syntax.Argument("<group>", "Security group to modify (name or ID)");
    private readonly Tags _tags = new(syntax, Resources.SecurityGroup, TagUse.Unset);

    public override string Description => "Unset security group properties";

    protected override async Task Act(Call call, CancellationToken cancellation) =>
        await _tags.Apply(call, await call.Cloud.Find(Resources.SecurityGroup, call[_group], cancellation), cancellation);
}
