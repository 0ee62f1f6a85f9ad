using System.Text.Json;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Compute.AvailabilityZones;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Compute.Services;

/// <summary>Services listed; by number up to 2.52, by uuid since.</summary>
internal sealed class ListServices(ComputeServices services)
{
    public Task<Reply> Handle(ApiRequest request)
    {
        QueryRules.Check(request, "host", "binary");
        var (host, kind) = (request.Query["host"].ToString(), request.Query["binary"].ToString());
        return Task.FromResult(services.Database.Read(tx =>
        {
            var found = ServiceStore.All(tx).Where(s => (host.Length == 0 || s.Host == host) && (kind.Length == 0 || s.Kind == kind)).ToList();
            var (figures, zones) = (services.Figures(tx), Zones.ByHost(tx));
            return Reply.Ok(json =>
            {
                json.WriteStartObject();
                json.WriteStartArray("services");
                foreach (var service in found) Write(json, request, service, figures, zones);
                json.WriteEndArray();
                json.WriteEndObject();
            });
        }));
    }

    public Reply One(ApiRequest request, Tx tx, ServiceRecord service)
    {
        var (figures, zones) = (services.Figures(tx), Zones.ByHost(tx));
        return Reply.Ok(json =>
        {
            json.WriteStartObject();
            json.WritePropertyName("service");
            Write(json, request, service, figures, zones);
            json.WriteEndObject();
        });
    }

    private void Write(Utf8JsonWriter json, ApiRequest request, ServiceRecord service,
        IReadOnlyDictionary<string, HostFigures> figures, IReadOnlyDictionary<string, string> zones)
    {
        json.WriteStartObject();
        json.WriteString("binary", service.Kind);
        json.WriteString("host", service.Host);
        if (request.At(2, 53)) json.WriteString("id", service.Id);
        else json.WriteNumber("id", service.Number);
        json.WriteString("zone", ComputeServices.ZoneOf(service, zones));
        json.WriteString("status", service.Status);
        json.WriteString("state", ComputeServices.IsUp(service, figures) ? "up" : "down");
        // Its last sign of life: what lives in this process gives one by answering.
        json.WriteString("updated_at", TimeText.Microseconds(services.Now));
        json.WriteString("disabled_reason", service.DisabledReason);
        if (request.At(2, 11)) json.WriteBoolean("forced_down", service.ForcedDown);
        json.WriteEndObject();
    }
}
