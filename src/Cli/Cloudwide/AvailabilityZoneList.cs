using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Cloudwide;

sealed class AvailabilityZoneList(Syntax syntax) : ListCommand(syntax)
{
    private readonly Option<bool> _compute = syntax.Flag("--compute", "List compute availability zones");
    private readonly Option<bool> _network = syntax.Flag("--network", "List network availability zones");
    private readonly Option<bool> _volume = syntax.Flag("--volume", "List volume availability zones");
    private readonly Option<bool> _long = syntax.Flag("--long", "List more fields");

    public override string Description => "List availability zones and their status";

    protected override async Task<Table> List(Call call, CancellationToken cancellation)
    {
        var all = !call[_compute] && !call[_network] && !call[_volume];
        var zones = new List<JsonObject>();
        if (call[_compute] || all) zones.AddRange(await Compute(call, cancellation));
        if (call[_volume] || all) zones.AddRange(await Others(call, call.Cloud.Volume, "/os-availability-zone", "availabilityZoneInfo", call[_volume], cancellation));
        if (call[_network] || all) zones.AddRange(await Others(call, call.Cloud.Network, "/availability_zones", "availability_zones", call[_network], cancellation));
        (string, Func<JsonObject, Cell>)[] columns = [Columns.Of("Zone Name", "zone_name"), Columns.Of("Zone Status", "zone_status")];
        return Table.Of(zones, call[_long]
            ? [.. columns, Columns.Of("Zone Resource", "zone_resource"), Columns.Of("Host Name", "host_name"),
                Columns.Of("Service Name", "service_name"), Columns.Of("Service Status", "service_status")]
            : columns);
    }

    /// <summary>Details, with hosts, are for administrators.</summary>
    private async Task<IEnumerable<JsonObject>> Compute(Call call, CancellationToken cancellation)
    {
        List<JsonObject> zones;
        try
        {
            zones = await call.Cloud.Compute.List("/os-availability-zone/detail", "availabilityZoneInfo", cancellation);
        }
        catch (ApiError error) when (error.Status == 403)
        {
            zones = await call.Cloud.Compute.List("/os-availability-zone", "availabilityZoneInfo", cancellation);
        }

        return zones.SelectMany(zone => Hosts(zone, call[_long]));
    }

    private static IEnumerable<JsonObject> Hosts(JsonObject zone, bool isLong)
    {
        if (!isLong || zone["hosts"] is not JsonObject { Count: > 0 } hosts)
        {
            yield return Row(zone);
            yield break;
        }

        foreach (var (host, services) in hosts)
        {
            foreach (var (service, state) in services as JsonObject ?? [])
            {
                var row = Row(zone);
                row["host_name"] = host;
                row["service_name"] = service;
                row["service_status"] = $"{(state.True("active") ? "enabled" : "disabled")} {(state.True("available") ? ":-)" : "XXX")} {state.Text("updated_at") ?? "None"}";
                yield return row;
            }
        }
    }

    private static async Task<IEnumerable<JsonObject>> Others(Call call, ServiceClient client, string path, string key, bool asked, CancellationToken cancellation)
    {
        try
        {
            return (await client.List(path, key, cancellation)).Select(Row);
        }
        catch (Exception error) when (error is ApiError or CommandError)
        {
            if (asked) call.Terminal.Error.WriteLine($"Availability zones list not supported by {client.Service} API");
            return [];
        }
    }

    private static JsonObject Row(JsonObject zone) => new()
    {
        ["zone_name"] = zone.Text("zoneName") ?? zone.Text("name"),
        ["zone_status"] = zone["zoneState"] is { } state ? (state.True("available") ? "available" : "not available")
            : zone.Text("state") == "unavailable" ? "not available" : zone.Text("state"),
        ["zone_resource"] = zone.Text("resource") ?? "",
    };
}
