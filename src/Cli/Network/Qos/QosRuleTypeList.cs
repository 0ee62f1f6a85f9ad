using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Network.Qos;

sealed class QosRuleTypeList(Syntax syntax) : ListCommand(syntax)
{
    public override string Description => "List QoS rule types";

    protected override async Task<Table> List(Call call, CancellationToken cancellation) =>
        Table.Of(await call.Cloud.Network.List("/qos/rule-types", "rule_types", cancellation), [Columns.OrNone("Type", "type")]);
}
