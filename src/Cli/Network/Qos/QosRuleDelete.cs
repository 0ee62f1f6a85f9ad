using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Network.Qos;

sealed class QosRuleDelete(Syntax syntax) : ActionCommand(syntax)
{
    private readonly RuleArgument _rule = new(syntax);

    public override string Description => "Delete Network QoS rule";

    protected override async Task Act(Call call, CancellationToken cancellation)
    {
        try
        {
            var (_, path) = await _rule.Find(call, $"Rule {_rule.Id(call)} not found", cancellation);
            await call.Cloud.Network.Delete(path, cancellation);
        }
        catch (Exception error) when (error is ApiError or CommandError)
        {
            throw new CommandError($"Failed to delete Network QoS rule ID \"{_rule.Id(call)}\": {error.Message}");
        }
    }
}
