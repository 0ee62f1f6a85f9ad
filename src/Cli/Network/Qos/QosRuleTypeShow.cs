using Cumulet.Cli.Commands;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Network.Qos;

sealed class QosRuleTypeShow(Syntax syntax) : ShowCommand(syntax)
{
    private static readonly Fields Shown = new("drivers rule_type_name=type", []);

    private readonly Argument<string> _type = syntax.Argument("<qos-rule-type-name>", "Name of QoS rule type");

    public override string Description => "Show details about supported QoS rule type";

    protected override async Task<Record?> Show(Call call, CancellationToken cancellation)
    {
        var answer = await call.Cloud.Network.Get("/qos/rule-types/" + Uri.EscapeDataString(call[_type]), cancellation);
        return Shown.Show(answer["rule_type"]!.AsObject());
    }
}
