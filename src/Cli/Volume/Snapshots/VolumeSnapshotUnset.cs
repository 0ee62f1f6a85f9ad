using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Volume.Snapshots;

sealed class VolumeSnapshotUnset(Syntax syntax) : ActionCommand(syntax)
{
    private readonly Argument<string> _snapshot = syntax.Argument("<snapshot>", "Snapshot to modify (name or ID)");
    private readonly Option<string[]> _properties = syntax.Values("--property", "<key>", "Remove this property (repeatable)");

    public override string Description => "Unset volume snapshot properties";

    protected override async Task Act(Call call, CancellationToken cancellation)
    {
        var path = "/snapshots/" + await call.Cloud.FindId(Resources.Snapshot, call[_snapshot], cancellation);
        foreach (var key in call[_properties])
            await call.Cloud.Volume.Delete($"{path}/metadata/{Uri.EscapeDataString(key)}", cancellation);
    }
}
