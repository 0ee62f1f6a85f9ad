using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Compute.Services;

sealed class ComputeServiceList(Syntax syntax) : ListCommand(syntax)
{
    private readonly Option<string?> _host = syntax.Value("--host", "<host>", "Keep services on this host");
    private readonly Option<string?> _service = syntax.Value("--service", "<service>", "Keep services of this binary");
    private readonly Option<bool> _long = syntax.Flag("--long", "List more fields");

    public override string Description => "List compute services";

    protected override async Task<Table> List(Call call, CancellationToken cancellation)
    {
        var compute = call.Cloud.Compute;
        compute.Prefer("2.69");
        var query = new Query().With("host", call[_host]).With("binary", call[_service]);
        var services = await compute.List("/os-services" + query, "services", cancellation);
        List<(string, Func<JsonObject, Cell>)> columns =
        [
            Columns.OrNone("ID", "id"), Columns.OrNone("Binary", "binary"), Columns.OrNone("Host", "host"), Columns.OrNone("Zone", "zone"),
            Columns.OrNone("Status", "status"), Columns.OrNone("State", "state"), Columns.OrNone("Updated At", "updated_at"),
        ];
        if (call[_long]) columns.Add(Columns.OrNone("Disabled Reason", "disabled_reason"));
        if (call[_long] && compute.AtLeast("2.11")) columns.Add(Columns.OrNone("Forced Down", "forced_down"));
        return Table.Of(services, columns);
    }
}
