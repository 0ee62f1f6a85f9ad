using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Volume.Qos;

sealed class VolumeQosAssociate(Syntax syntax) : ActionCommand(syntax)
{
    private readonly Argument<string> _qos = syntax.Argument("<qos-spec>", "QoS specification to modify (name or ID)");
    private readonly Argument<string> _type = syntax.Argument("<volume-type>", "Volume type that gets it (name or ID)");

    public override string Description => "Associate a QoS specification to a volume type";

    protected override async Task Act(Call call, CancellationToken cancellation)
    {
        var id = await call.Cloud.FindId(Resources.Qos, call[_qos], cancellation);
        var type = await call.Cloud.FindId(Resources.VolumeType, call[_type], cancellation);
        await call.Cloud.Volume.Get($"/qos-specs/{id}/associate?vol_type_id={type}", cancellation);
    }
}
