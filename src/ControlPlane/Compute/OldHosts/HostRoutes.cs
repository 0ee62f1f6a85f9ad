using System.Text.Json;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Compute.AvailabilityZones;
using Cumulet.ControlPlane.Compute.Services;

namespace Cumulet.ControlPlane.Compute.OldHosts;

/// <summary>os-hosts, up to 2.42: services and use by host in older words. Machines are not switched on or off by it.</summary>
internal sealed class HostRoutes(ComputeServices services)
{
    private static readonly Shape OnOff = Shape.OneOf("enable", "disable");

    private static readonly Shape Change = Shape.Object(Member.May("status", OnOff), Member.May("maintenance_mode", OnOff));

    public static void Map(RouteTable routes, ComputeServices services)
    {
        var hosts = new HostRoutes(services);
        const string policy = "os_compute_api:os-hosts:";
        routes.Get("v2.1/os-hosts", policy + "list", hosts.List).Until(2, 42);
        routes.Get("v2.1/os-hosts/{host}", policy + "show", hosts.Show).Until(2, 42);
        routes.Put("v2.1/os-hosts/{host}", policy + "update", hosts.Update).Until(2, 42);
        routes.Get("v2.1/os-hosts/{host}/startup", policy + "start", hosts.Power).Until(2, 42);
        routes.Get("v2.1/os-hosts/{host}/shutdown", policy + "shutdown", hosts.Power).Until(2, 42);
        routes.Get("v2.1/os-hosts/{host}/reboot", policy + "reboot", hosts.Power).Until(2, 42);
    }

    private Task<Reply> List(ApiRequest request)
    {
        var wanted = request.Query["zone"].ToString();
        var found = services.Database.Read(tx =>
        {
            var zones = Zones.ByHost(tx);
            return ServiceStore.All(tx).Where(s => !s.Disabled).Select(s => (Service: s, Zone: ComputeServices.ZoneOf(s, zones)))
                .Where(s => wanted.Length == 0 || s.Zone == wanted).ToList();
        });
        return Task.FromResult(Reply.Ok(json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("hosts");
            foreach (var (service, zone) in found)
            {
                json.WriteStartObject();
                json.WriteString("host_name", service.Host);
                json.WriteString("service", service.Kind["nova-".Length..]);
                json.WriteString("zone", zone);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }));
    }

    private Task<Reply> Show(ApiRequest request)
    {
        var host = request[0];
        var (figures, projects) = services.Database.Read(tx =>
        {
            ComputeServices.ComputeOn(tx, host);
            var found = services.Figures(tx).GetValueOrDefault(host)
                ?? throw Fault.NotFound($"Compute host {host.Truncated()} could not be found.");
            return (found, tx.Query($"""
                SELECT project_id, SUM(vcpus), SUM(ram_mib), SUM(disk_gib) FROM servers WHERE deleted = 0 AND host = {host}
                GROUP BY project_id ORDER BY project_id
                """, row => (Project: row.Text(), Vcpus: row.Long(), Ram: row.Long(), Disk: row.Long())));
        });
        return Task.FromResult(Reply.Ok(json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("host");
            Write(json, host, "(total)", figures.Vcpus, figures.RamMib, figures.DiskGib);
            Write(json, host, "(used_now)", figures.VcpusUsed, figures.RamMibUsed, figures.DiskGibUsed);
            Write(json, host, "(used_max)", projects.Sum(p => p.Vcpus), projects.Sum(p => p.Ram), projects.Sum(p => p.Disk));
            foreach (var (project, vcpus, ram, disk) in projects) Write(json, host, project, vcpus, ram, disk);
            json.WriteEndArray();
            json.WriteEndObject();
        }));
    }

    private async Task<Reply> Update(ApiRequest request)
    {
        var body = await request.Body();
        Change.Check(body, "body", request.Version);
        services.Database.Read(tx => ComputeServices.ComputeOn(tx, request[0]));
        if (body.Has("maintenance_mode")) throw Fault.NotImplemented("The requested functionality is not supported.");
        var status = body.GetText("status")
            ?? throw Fault.BadRequest("Invalid input for field/attribute body. Value: {}. 'status' is a required property");
        await services.Database.Write(tx => ServiceStore.Save(tx,
            ComputeServices.ComputeOn(tx, request[0]) with { Disabled = status == "disable", DisabledReason = null }));
        return Reply.Ok(json =>
        {
            json.WriteStartObject();
            json.WriteString("host", request[0]);
            json.WriteString("status", status + "d");
            json.WriteEndObject();
        });
    }

    private Task<Reply> Power(ApiRequest request)
    {
        services.Database.Read(tx => ComputeServices.ComputeOn(tx, request[0]));
        throw Fault.NotImplemented("The requested functionality is not supported.");
    }

    private static void Write(Utf8JsonWriter json, string host, string project, long vcpus, long ramMib, long diskGib)
    {
        json.WriteStartObject();
        json.WriteStartObject("resource");
        json.WriteString("host", host);
        json.WriteString("project", project);
        json.WriteNumber("cpu", vcpus);
        json.WriteNumber("memory_mb", ramMib);
        json.WriteNumber("disk_gb", diskGib);
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
