using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Volume.GroupTypes;

sealed class VolumeGroupTypeShow(Syntax syntax) : ShowCommand(syntax)
{
    private readonly Argument<string> _type = syntax.Argument("<group_type>", "Volume group type to display (name or ID)");

    public override string Description => "Show detailed information for a volume group type.";

    protected override async Task<Record?> Show(Call call, CancellationToken cancellation)
    {
        call.Cloud.Volume.Need("3.11", "'volume group type show' command");
        return GroupTypeFields.Show(await call.Cloud.Find(Resources.VolumeGroupType, call[_type], cancellation));
    }
}
