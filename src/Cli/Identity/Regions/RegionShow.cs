using Cumulet.Cli.Commands;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Identity.Regions;

sealed class RegionShow(Syntax syntax) : ShowCommand(syntax)
{
    private readonly Argument<string> _region = syntax.Argument("<region-id>", "Region to display");

    public override string Description => "Display region details";

    protected override async Task<Record?> Show(Call call, CancellationToken cancellation)
    {
        var answer = await call.Cloud.Identity.Get("/regions/" + Uri.EscapeDataString(call[_region]), cancellation);
        return RegionFields.Show(answer["region"]!.AsObject());
    }
}
