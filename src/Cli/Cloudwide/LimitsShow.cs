using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Cloudwide;

sealed class LimitsShow : ListCommand
{
    private readonly Option<bool> _absolute;
    private readonly Option<bool> _rate;
    private readonly Option<bool> _reserved;
    private readonly Option<string?> _project;
    private readonly Option<string?> _domain;

    public LimitsShow(Syntax syntax) : base(syntax)
    {
        _absolute = syntax.FlagIn("what", "--absolute", "Show absolute limits");
        _rate = syntax.FlagIn("what", "--rate", "Show rate limits");
        syntax.NeedOneOf("what");
        _reserved = syntax.Flag("--reserved", "Count reservations as well");
        _project = syntax.Value("--project", "<project>", "Limits of this project (name or ID)");
        _domain = syntax.Value("--domain", "<domain>", "Domain the project is in (name or ID)");
    }

    public override string Description => "Show compute and block storage limits";

    protected override async Task<Table> List(Call call, CancellationToken cancellation)
    {
        var project = call[_project] is { } name ? (await Identity.Entity.Find(call, Resources.Project, name, _domain, cancellation)).Id() : null;
        var query = new Query().With("reserved", call[_reserved] ? "1" : null).With("tenant_id", project);
        var limits = new[] { await call.Cloud.Compute.Get("/limits" + query, cancellation), await Volume(call, cancellation) }
            .Select(answer => answer["limits"]).ToList();
        _ = call[_absolute];
        if (call[_rate])
        {
            var rates = limits.SelectMany(limit => limit.Items("rate"))
                .SelectMany(rate => rate.Items("limit").Select(limit => (Rate: rate, Limit: limit)));
            return Table.Of(rates,
            [
                ("Verb", item => new Cell(item.Limit["verb"].Copy())), ("URI", item => new Cell(item.Rate["uri"].Copy())),
                ("Value", item => new Cell(item.Limit["value"].Copy())), ("Remain", item => new Cell(item.Limit["remaining"].Copy())),
                ("Unit", item => new Cell(item.Limit["unit"].Copy())), ("Next Available", item => new Cell(item.Limit["next-available"].Copy())),
            ]);
        }

        var values = limits.SelectMany(limit => limit.Field("absolute") as JsonObject ?? []);
        return Table.Of(values, [("Name", pair => new Cell(pair.Key)), ("Value", pair => new Cell(pair.Value.Copy()))]);
    }

    /// <summary>A cloud without block storage has no limits of it.</summary>
    private static async Task<JsonObject> Volume(Call call, CancellationToken cancellation)
    {
        var catalog = await call.Cloud.Catalog(cancellation);
        return catalog.Endpoint(ServiceType.Volume) is null ? [] : await call.Cloud.Volume.Get("/limits", cancellation);
    }
}
