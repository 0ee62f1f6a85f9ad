using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Volume.Qos;

sealed class VolumeQosUnset(Syntax syntax) : ActionCommand(syntax)
{
    private readonly Argument<string> _qos = syntax.Argument("<qos-spec>", "QoS specification to modify (name or ID)");
    private readonly Option<string[]> _properties = syntax.Values("--property", "<key>", "Remove this property (repeatable)");

    public override string Description => "Unset QoS specification properties";

    protected override async Task Act(Call call, CancellationToken cancellation)
    {
        var id = await call.Cloud.FindId(Resources.Qos, call[_qos], cancellation);
        if (call.Has(_properties))
        {
            var keys = new JsonObject { ["keys"] = JsonReading.Array(call[_properties]) };
            await call.Cloud.Volume.Put($"/qos-specs/{id}/delete_keys", keys, cancellation);
        }
    }
}
