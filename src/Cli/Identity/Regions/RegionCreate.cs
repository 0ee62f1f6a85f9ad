using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Identity.Regions;

sealed class RegionCreate(Syntax syntax) : ShowCommand(syntax)
{
    private readonly Argument<string> _region = syntax.Argument("<region-id>", "New region ID");
    private readonly Option<string?> _parent = syntax.Value("--parent-region", "<region-id>", "Parent region (ID)");
    private readonly Option<string?> _description = syntax.Value("--description", "<description>", "Description");

    public override string Description => "Create new region";

    protected override async Task<Record?> Show(Call call, CancellationToken cancellation)
    {
        var body = new JsonObject { ["id"] = call[_region], ["enabled"] = true }
            .With("parent_region_id", call[_parent]).With("description", call[_description]);
        var answer = await call.Cloud.Identity.Post("/regions", new JsonObject { ["region"] = body }, cancellation);
        return RegionFields.Show(answer["region"]!.AsObject());
    }
}
