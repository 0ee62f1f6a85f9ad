using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Cloudwide;

sealed class VersionsShow(Syntax syntax) : ListCommand(syntax)
{
    private readonly Option<bool> _all = syntax.FlagIn("interface", "--all-interfaces", "Of all interfaces");
    private readonly Option<string?> _interface = syntax.ValueIn("interface", "--interface", "<interface>", "Of this interface (default public)");
    private readonly Option<string?> _region = syntax.Value("--region-name", "<region_name>", "Of this region");
    private readonly Option<string?> _service = syntax.Value("--service", "<service>", "Of this service type");
    private readonly Option<string?> _status = syntax.Value("--status", "<status>", "In this status: SUPPORTED, CURRENT, DEPRECATED, EXPERIMENTAL");

    public override string Description => "Show available versions of services";

    protected override async Task<Table> List(Call call, CancellationToken cancellation)
    {
        var catalog = await call.Cloud.Catalog(cancellation);
        var wanted = call[_all] ? null : call[_interface] ?? "public";
        var rows = new List<JsonObject>();
        foreach (var service in catalog.Entries.OfType<JsonObject>().Where(service => call[_service] is null || service.Text("type") == call[_service]))
        {
            foreach (var endpoint in service.Items("endpoints"))
            {
                if (wanted is not null && endpoint.Text("interface") != wanted) continue;
                if (call[_region] is { } region && endpoint.Text("region_id") != region) continue;
                rows.AddRange(await Versions(call, service, endpoint, cancellation));
            }
        }

        var status = call[_status]?.ToUpperInvariant();
        return Table.Of(rows.Where(row => status is null || row.Text("status") == status),
        [
            Columns.Of("Region Name", "region"), Columns.Of("Service Type", "type"), Columns.Of("Version", "version"), Columns.Of("Status", "status"),
            Columns.Of("Endpoint", "url"), Columns.Of("Min Microversion", "min"), Columns.Of("Max Microversion", "max"),
        ]);
    }

    private static async Task<IEnumerable<JsonObject>> Versions(Call call, JsonObject service, JsonObject endpoint, CancellationToken cancellation)
    {
        var url = endpoint.Text("url")!;
        var cut = System.Text.RegularExpressions.Regex.Replace(url, @"/v\d.*$", "/");
        using var request = new HttpRequestMessage(HttpMethod.Get, cut.EndsWith('/') ? cut : cut + "/");
        request.Headers.TryAddWithoutValidation("Accept", "application/json");
        using var reply = await call.Cloud.Send(request, cancellation);
        var text = await reply.Content.ReadAsStringAsync(cancellation);
        var document = text.TrimStart().StartsWith('{') ? JsonNode.Parse(text) as JsonObject ?? [] : [];
        var versions = document.Items("versions").Concat(document["versions"].Items("values"))
            .Concat(document["version"] is JsonObject one ? [one] : []);
        return versions.Select(version => new JsonObject
        {
            ["region"] = endpoint.Text("region_id"), ["type"] = service.Text("type"), ["version"] = version.Text("id")?.TrimStart('v'),
            ["status"] = version.Text("status") switch { "stable" => "CURRENT", var status => status?.ToUpperInvariant() },
            ["url"] = version.Items("links").FirstOrDefault(link => link.Text("rel") == "self").Text("href") ?? url,
            ["min"] = version.Text("min_version") is { Length: > 0 } least ? least : null,
            ["max"] = (version.Text("max_version") ?? version.Text("version")) is { Length: > 0 } most ? most : null,
        });
    }
}
