using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Identity.Endpoints;

sealed class EndpointShow(Syntax syntax) : ShowCommand(syntax)
{
    private readonly Argument<string> _endpoint = syntax.Argument("<endpoint>", "Endpoint to display (ID, or the name or type of its service)");

    public override string Description => "Display endpoint details";

    protected override async Task<Record?> Show(Call call, CancellationToken cancellation)
    {
        var services = call.Cloud.Identity.List("/services", "services", cancellation);
        var endpoints = await call.Cloud.Identity.List("/endpoints", "endpoints", cancellation);
        JsonObject Service(JsonObject endpoint) => services.Result.FirstOrDefault(service => service.Id() == endpoint.Text("service_id")) ?? [];
        await services;
        var endpoint = endpoints.FirstOrDefault(item => item.Id() == call[_endpoint])
            ?? endpoints.FirstOrDefault(item => Service(item).Text("name") == call[_endpoint] || Service(item).Text("type") == call[_endpoint])
            ?? throw new CommandError($"No endpoint with a name or ID of '{call[_endpoint]}' exists.");
        return EndpointFields.Show(endpoint, Service(endpoint));
    }
}
