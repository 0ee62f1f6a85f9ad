using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Volume.Groups;

sealed class VolumeGroupDelete(Syntax syntax) : ActionCommand(syntax)
{
    private readonly Argument<string> _group = syntax.Argument("<group>", "Volume group to delete (name or ID)");
    private readonly Option<bool> _force = syntax.Flag("--force", "Delete the volumes in it as well");

    public override string Description => "Delete a volume group.";

    protected override async Task Act(Call call, CancellationToken cancellation)
    {
        call.Cloud.Volume.Need("3.13", "'volume group delete' command");
        var id = await call.Cloud.FindId(Resources.VolumeGroup, call[_group], cancellation);
        var body = new JsonObject { ["delete"] = new JsonObject { ["delete-volumes"] = call[_force] } };
        await call.Cloud.Volume.Post($"/groups/{id}/action", body, cancellation);
    }
}
