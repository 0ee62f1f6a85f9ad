using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Identity.Catalog;

/// <summary>How endpoints are shown: two lines each, region and address.</summary>
static class CatalogFields
{
    public static Cell Endpoints(JsonNode? value) => new(value, string.Concat((value as JsonArray ?? []).Select(endpoint =>
        $"{endpoint.Text("region_id") ?? endpoint.Text("region") ?? "<none>"}\n  {endpoint.Text("interface")}: {endpoint.Text("url")}\n")));
}
