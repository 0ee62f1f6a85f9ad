using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Volume.Groups;

sealed class VolumeGroupFailover(Syntax syntax) : ActionCommand(syntax)
{
    private readonly Argument<string> _group = syntax.Argument("<group>", "Volume group to fail over (name or ID)");
    private readonly Option<bool> _allow = syntax.Flag("--allow-attached-volume", "Even when volumes in it are attached");
    private readonly Option<bool> _disallow = syntax.Flag("--disallow-attached-volume", "Not when volumes in it are attached (default)");
    private readonly Option<string?> _backend = syntax.Value("--secondary-backend-id", "<backend_id>", "Where it fails over to");

    public override string Description => "Failover replication for a volume group.";

    protected override async Task Act(Call call, CancellationToken cancellation)
    {
        call.Cloud.Volume.Need("3.38", "'volume group failover' command");
        var id = await call.Cloud.FindId(Resources.VolumeGroup, call[_group], cancellation);
        var how = new JsonObject
        {
            ["allow_attached_volume"] = call.Either(_allow, _disallow) ?? false, ["secondary_backend_id"] = call[_backend],
        };
        await call.Cloud.Volume.Post($"/groups/{id}/action", new JsonObject { ["failover_replication"] = how }, cancellation);
    }
}
