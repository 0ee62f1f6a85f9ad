using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Network.Qos;

sealed class QosRuleList(Syntax syntax) : ListCommand(syntax)
{
    private readonly Argument<string> _policy = syntax.Argument("<qos-policy>", "QoS policy that contains the rules (name or ID)");

    public override string Description => "List Network QoS rules";

    protected override async Task<Table> List(Call call, CancellationToken cancellation)
    {
        var policy = await call.Cloud.Find(Resources.QosPolicy, call[_policy], cancellation);
        return Table.Of(policy.Items("rules"),
        [
            Columns.Of("ID", "id"), Columns.Of("QoS Policy ID", "qos_policy_id"), Columns.Of("Type", "type"),
            Columns.Of("Max Kbps", "max_kbps"), Columns.Of("Max Burst Kbits", "max_burst_kbps"), Columns.Of("Min Kbps", "min_kbps"),
            Columns.Of("Min Kpps", "min_kpps"), Columns.Of("DSCP mark", "dscp_mark"), Columns.Of("Direction", "direction"),
        ]);
    }
}
