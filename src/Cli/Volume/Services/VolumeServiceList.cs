using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Volume.Services;

sealed class VolumeServiceList(Syntax syntax) : ListCommand(syntax)
{
    private readonly Option<string?> _host = syntax.Value("--host", "<host>", "Keep services on this host");
    private readonly Option<string?> _service = syntax.Value("--service", "<service>", "Keep services of this binary");
    private readonly Option<bool> _long = syntax.Flag("--long", "List more fields");

    public override string Description => "List service command";

    protected override async Task<Table> List(Call call, CancellationToken cancellation)
    {
        var query = new Query().With("host", call[_host]).With("binary", call[_service]);
        var services = await call.Cloud.Volume.List("/os-services" + query, "services", cancellation);
        List<(string, Func<JsonObject, Cell>)> columns =
        [
            Columns.Of("Binary", "binary"), Columns.Of("Host", "host"), Columns.Of("Zone", "zone"), Columns.Of("Status", "status"),
            Columns.Of("State", "state"), Columns.Of("Updated At", "updated_at"),
        ];
        if (call[_long]) columns.Add(Columns.Of("Disabled Reason", "disabled_reason"));
        return Table.Of(services, columns);
    }
}
