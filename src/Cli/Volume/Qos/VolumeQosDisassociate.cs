using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Volume.Qos;

sealed class VolumeQosDisassociate(Syntax syntax) : ActionCommand(syntax)
{
    private readonly Argument<string> _qos = syntax.Argument("<qos-spec>", "QoS specification to modify (name or ID)");
    private readonly Option<string?> _type = syntax.ValueIn("from", "--volume-type", "<volume-type>", "Type that loses it (name or ID)");
    private readonly Option<bool> _all = syntax.FlagIn("from", "--all", "Every volume type loses it");

    public override string Description => "Disassociate a QoS specification from a volume type";

    protected override async Task Act(Call call, CancellationToken cancellation)
    {
        var path = "/qos-specs/" + await call.Cloud.FindId(Resources.Qos, call[_qos], cancellation);
        if (await call.Cloud.FindIdOrNull(Resources.VolumeType, call[_type], cancellation) is { } type)
            await call.Cloud.Volume.Get($"{path}/disassociate?vol_type_id={type}", cancellation);
        else if (call[_all])
            await call.Cloud.Volume.Get(path + "/disassociate_all", cancellation);
    }
}
