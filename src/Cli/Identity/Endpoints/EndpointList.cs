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

    private readonly Option<string?> _endpoint = syntax.ValueIn("of", "--endpoint", "<endpoint-group>", "Projects of this endpoint (ID)");
    private readonly Option<string?> _project = syntax.ValueIn("of", "--project", "<project>", "Endpoints of this project (name or ID)");
    private readonly Option<string?> _domain =
        syntax.Value("--project-domain", "<project-domain>", "Domain the project is in (name or ID)");

    public override string Description => "List endpoints";

    protected override async Task<Table> List(Call call, CancellationToken cancellation)
    {
        if (await call.Cloud.FindIdOrNull(Resources.Endpoint, call[_endpoint], cancellation) is { } endpoint)
        {
            var projects = await call.Cloud.Identity.List($"/OS-EP-FILTER/endpoints/{endpoint}/projects", "projects", cancellation);
            return Table.Of(projects, Columns.Headed("ID", "Name"));
        }

        var service = call[_service] is { } name ? (await ServiceFields.Find(call, name, cancellation)).Id() : null;
        var query = new Query().With("service_id", service).With("interface", call[_interface]).With("region_id", call[_region]);
        var listed = call.Cloud.Identity.List("/services", "services", cancellation);
        var path = call[_project] is not { } project ? "/endpoints" + query
            : $"/OS-EP-FILTER/projects/{(await Entity.Find(call, Resources.Project, project, _domain, cancellation)).Id()}/endpoints";
        var endpoints = await call.Cloud.Identity.List(path, "endpoints", cancellation);
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
