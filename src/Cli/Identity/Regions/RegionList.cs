using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Identity.Regions;

sealed class RegionList(Syntax syntax) : ListCommand(syntax)
{
    private readonly Option<string?> _parent = syntax.Value("--parent-region", "<region-id>", "Keep regions below this one (ID)");

    public override string Description => "List regions";

    protected override async Task<Table> List(Call call, CancellationToken cancellation)
    {
        var regions = await call.Cloud.Identity.List("/regions" + new Query().With("parent_region_id", call[_parent]), "regions", cancellation);
        return Table.Of(regions, [Columns.Of("Region", "id"), Columns.Of("Parent Region", "parent_region_id"), Columns.Of("Description", "description")]);
    }
}
