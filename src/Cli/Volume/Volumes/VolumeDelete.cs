using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Volume.Volumes;

sealed class VolumeDelete(Syntax syntax) : DeleteCommand(syntax, Resources.Volume, "volume")
{
    private readonly Option<bool> _force = syntax.FlagIn("how", "--force", "Delete it in whatever status it is");
    private readonly Option<bool> _purge = syntax.FlagIn("how", "--purge", "Delete its snapshots with it");

    protected override async Task Delete(Call call, string name, CancellationToken cancellation)
    {
        var id = await call.Cloud.FindId(Resources.Volume, name, cancellation);
        if (call[_force])
            await call.Cloud.Volume.Post($"/volumes/{id}/action", new JsonObject { ["os-force_delete"] = null }, cancellation);
        else
            await call.Cloud.Volume.Delete($"/volumes/{id}{(call[_purge] ? "?cascade=True" : "")}", cancellation);
    }
}
