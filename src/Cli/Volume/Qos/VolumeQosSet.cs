using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Volume.Qos;

sealed class VolumeQosSet(Syntax syntax) : ActionCommand(syntax)
{
    private readonly Argument<string> _qos = syntax.Argument("<qos-spec>", "QoS specification to modify (name or ID)");
    private readonly Option<string[]> _properties = syntax.Values("--property", "<key=value>", "Set a property (repeatable)");

    public override string Description => "Set QoS specification properties";

    protected override async Task Act(Call call, CancellationToken cancellation)
    {
        var id = await call.Cloud.FindId(Resources.Qos, call[_qos], cancellation);
        if (call.Has(_properties))
            await call.Cloud.Volume.Put("/qos-specs/" + id, new JsonObject { ["qos_specs"] = call.Pairs(_properties) }, cancellation);
    }
}
