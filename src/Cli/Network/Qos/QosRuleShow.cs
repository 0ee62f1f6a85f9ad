using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Network.Qos;

sealed class QosRuleShow(Syntax syntax) : ShowCommand(syntax)
{
    private readonly RuleArgument _rule = new(syntax);

    public override string Description => "Display Network QoS rule details";

    /// <summary>The python client says "set" in this failure too; scripts that look for it find it.</summary>
    protected override async Task<Record?> Show(Call call, CancellationToken cancellation)
    {
        try
        {
            var (type, path) = await _rule.Find(call, "Rule not found", cancellation);
            return type.Shown.Show((await call.Cloud.Network.Get(path, cancellation))[type.Key]!.AsObject());
        }
        catch (Exception error) when (error is ApiError or CommandError)
        {
            throw new CommandError($"Failed to set Network QoS rule ID \"{_rule.Id(call)}\": {error.Message}");
        }
    }
}
