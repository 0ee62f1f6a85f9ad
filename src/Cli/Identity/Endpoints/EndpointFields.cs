using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Identity.Endpoints;

/// <summary>An endpoint is shown with the name and type of its service.</summary>
static class EndpointFields
{
    public static Record Show(JsonObject endpoint, JsonObject service) => Record.Sorted(Entity.Show(endpoint).Fields.Concat(
        [("service_name", new Cell(service.Text("name") ?? "")), ("service_type", new Cell(service.Text("type")))]));
}
