using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Volume.Qos;

sealed class VolumeQosShow(Syntax syntax) : ShowCommand(syntax)
{
    private readonly Argument<string> _qos = syntax.Argument("<qos-spec>", "QoS specification to display (name or ID)");

    public override string Description => "Display QoS specification details";

    protected override async Task<Record?> Show(Call call, CancellationToken cancellation)
    {
        var qos = await call.Cloud.Find(Resources.Qos, call[_qos], cancellation);
        return QosSpec.Show(qos, await QosSpec.Associations(call.Cloud.Volume, qos, cancellation));
    }
}
