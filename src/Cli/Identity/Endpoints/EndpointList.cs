using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Identity.Services;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Identity.Endpoints;

sealed class EndpointList(Syntax syntax) : ListCommand(syntax)
{
    private readonly Option<string?> _service = syntax.Value("--service", "<service>", "Keep endpoints of this service (type, name or ID)");
    private readonly Option<string?> _interface = syntax.Value("--interface", "<interface>", "Keep endpoints of this interface", "admin", "public", "internal");
    private readonly Option<string?> _region = syntax.Value("--region", "<region-id>", "Keep endpoints of this region (ID)");

    public override string Description => "List endpoints";

    protected override async Task<Table> List(Call call, CancellationToken cancellation)
    {
        var service = call[_service] is { } name ? (await ServiceFields.Find(call, name, cancellation)).Id() : null;
        var query = new Query().With("service_id", service).With("interface", call[_interface]).With("region_id", call[_region]);
        var listed = call.Cloud.Identity.List("/services", "services", cancellation);
        var endpoints = await call.Cloud.Identity.List("/endpoints" + query, "endpoints", cancellation);
        var services = (await listed).ToDictionary(item => item.Id());
        string Of(JsonObject endpoint, string key) => services.GetValueOrDefault(endpoint.Text("service_id") ?? "").Text(key) ?? "";
        return Table.Of(endpoints,
        [
            Columns.Of("ID", "id"), Columns.Of("Region", "region"), ("Service Name", endpoint => new Cell(Of(endpoint, "name"))),
            ("Service Type", endpoint => new Cell(Of(endpoint, "type"))), Columns.Of("Enabled", "enabled"), Columns.Of("Interface", "interface"),
            Columns.Of("URL", "url"),
        ]);
    }
}
