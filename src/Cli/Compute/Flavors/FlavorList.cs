using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Compute.Flavors;

sealed class FlavorList(Syntax syntax) : ListCommand(syntax)
{
    private readonly Option<bool> _public = syntax.FlagIn("which", "--public", "List only public flavors (default)");
    private readonly Option<bool> _private = syntax.FlagIn("which", "--private", "List only private flavors");
    private readonly Option<bool> _all = syntax.FlagIn("which", "--all", "List all flavors, whether public or private");
    private readonly Option<string?> _minDisk = syntax.Value("--min-disk", "<min-disk>", "Keep flavors with at least this root disk, in GiB");
    private readonly Option<string?> _minRam = syntax.Value("--min-ram", "<min-ram>", "Keep flavors with at least this memory, in MiB");
    private readonly Option<bool> _long = syntax.Flag("--long", "List more fields");
    private readonly Option<string?> _marker = syntax.Value("--marker", "<flavor-id>", "Begin behind this flavor (ID)");
    private readonly Option<string?> _limit = syntax.Value("--limit", "<num-flavors>", "Most flavors to list");

    public override string Description => "List flavors";

    protected override async Task<Table> List(Call call, CancellationToken cancellation)
    {
        var limit = call.Number(_limit);
        var query = new Query().With("is_public", call[_all] ? "None" : call[_private] ? "False" : "True")
            .With("marker", call[_marker]).With("limit", limit).With("minDisk", call.Number(_minDisk)).With("minRam", call.Number(_minRam));
        var compute = call.Cloud.Compute;
        var flavors = await compute.List("/flavors/detail" + query, "flavors", cancellation, limit);
        if (call[_long]) await AddExtraSpecs(compute, flavors, cancellation);
        return Table.Of(flavors, call[_long] ? FlavorFields.Long : FlavorFields.Short);
    }

    /// <summary>Before microversion 2.61 they are not in the list, and have to be asked for one by one.</summary>
    private static Task AddExtraSpecs(ServiceClient compute, List<JsonObject> flavors, CancellationToken cancellation) =>
        Task.WhenAll(flavors.Where(flavor => flavor["extra_specs"] is null).Select(async flavor =>
        {
            var answer = await compute.GetOrNull($"/flavors/{flavor.Id()}/os-extra_specs", cancellation);
            flavor["extra_specs"] = answer.Field("extra_specs").Copy() ?? new JsonObject();
        }));
}
