using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Compute.Services;

namespace Cumulet.ControlPlane.Compute.AvailabilityZones;

/// <summary>Availability zones: names for everybody, hosts and services for administrators.</summary>
internal sealed class ListZones(ComputeServices services)
{
    private sealed record Place(ServiceRecord Service, string Zone, bool Up);

    public static void Map(RouteTable routes, ComputeServices services)
    {
        var zones = new ListZones(services);
        routes.Get("v2.1/os-availability-zone", "os_compute_api:os-availability-zone:list", zones.Brief);
        routes.Get("v2.1/os-availability-zone/detail", "os_compute_api:os-availability-zone:detail", zones.Detail);
    }

    public Task<Reply> Brief(ApiRequest request) => Task.FromResult(Answer(detail: false));

    public Task<Reply> Detail(ApiRequest request) => Task.FromResult(Answer(detail: true));

    private Reply Answer(bool detail)
    {
        var places = services.Database.Read(tx =>
        {
            var (figures, zones) = (services.Figures(tx), Zones.ByHost(tx));
            return ServiceStore.All(tx).Select(s => new Place(
                s, ComputeServices.ZoneOf(s, zones), ComputeServices.IsUp(s, figures))).ToList();
        });
        var available = places.Where(p => !p.Service.Disabled).ToLookup(p => p.Zone);
        var all = places.Select(p => p.Zone).Distinct().Order(StringComparer.Ordinal).ToList();
        return Reply.Ok(json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("availabilityZoneInfo");
            // Available ones first, as Nova has them.
            foreach (var zone in all.Where(available.Contains).Concat(all.Where(z => !available.Contains(z))))
            {
                if (!detail && zone == ComputeServices.InternalZone) continue;
                json.WriteStartObject();
                json.WriteString("zoneName", zone);
                json.WriteStartObject("zoneState");
                json.WriteBoolean("available", available.Contains(zone));
                json.WriteEndObject();
                if (detail && available.Contains(zone)) WriteHosts(json, available[zone]);
                else json.WriteNull("hosts");
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        });
    }

    private void WriteHosts(System.Text.Json.Utf8JsonWriter json, IEnumerable<Place> places)
    {
        json.WriteStartObject("hosts");
        foreach (var host in places.GroupBy(p => p.Service.Host))
        {
            json.WriteStartObject(host.Key);
            foreach (var place in host)
            {
                json.WriteStartObject(place.Service.Kind);
                json.WriteBoolean("available", place.Up);
                json.WriteBoolean("active", true);
                json.WriteString("updated_at", TimeText.Microseconds(services.Now));
                json.WriteEndObject();
            }
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }
}
