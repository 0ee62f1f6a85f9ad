using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Volume.GroupTypes;

sealed class VolumeGroupTypeDelete(Syntax syntax) : ActionCommand(syntax)
{
    private readonly Argument<string> _type = syntax.Argument("<group_type>", "Volume group type to delete (name or ID)");

    public override string Description => "Delete a volume group type.";

    protected override async Task Act(Call call, CancellationToken cancellation)
    {
        call.Cloud.Volume.Need("3.11", "'volume group type delete' command");
        var id = await call.Cloud.FindId(Resources.VolumeGroupType, call[_type], cancellation);
        await call.Cloud.Volume.Delete("/group_types/" + id, cancellation);
    }
}
