using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Volume.Qos;

sealed class VolumeQosDelete(Syntax syntax) : DeleteCommand(syntax, Resources.Qos, "QoS specification", "<qos-spec>")
{
    private readonly Option<bool> _force = syntax.Flag("--force", "Even when volume types use it");

    public override string Description => "Delete QoS specification";

    protected override async Task Delete(Call call, string name, CancellationToken cancellation)
    {
        var id = await call.Cloud.FindId(Resources.Qos, name, cancellation);
        await call.Cloud.Volume.Delete($"/qos-specs/{id}?force={call[_force]}", cancellation);
    }
}
