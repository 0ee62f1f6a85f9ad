using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Identity.Regions;

sealed class RegionSet(Syntax syntax) : ActionCommand(syntax)
{
    private readonly Argument<string> _region = syntax.Argument("<region-id>", "Region to modify");
    private readonly Option<string?> _parent = syntax.Value("--parent-region", "<region-id>", "New parent region (ID)");
    private readonly Option<string?> _description = syntax.Value("--description", "<description>", "New description");

    public override string Description => "Set region properties";

    protected override Task Act(Call call, CancellationToken cancellation) => Entity.Update(call, Resources.Region, call[_region],
        new JsonObject().With("parent_region_id", call[_parent]).With("description", call[_description]), cancellation);
}
