using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Compute.Services;

namespace Cumulet.ControlPlane.Compute.Hypervisors;

/// <summary>One hypervisor, its uptime, and the sum of all.</summary>
internal sealed class ShowHypervisor(ComputeServices services)
{
    public Task<Reply> Handle(ApiRequest request)
    {
        QueryRules.CheckSince(request, new(2, 53), "with_servers");
        var hypervisor = Get(request, request.At(2, 53) && HypervisorQuery.WithServers(request));
        return Task.FromResult(Reply.Ok(json =>
        {
            json.WriteStartObject();
            json.WriteStartObject("hypervisor");
            hypervisor.WriteDetail(json, request, services.HostAddress);
            hypervisor.WriteServers(json, request);
            json.WriteEndObject();
            json.WriteEndObject();
        }));
    }

    public Task<Reply> Uptime(ApiRequest request)
    {
        var hypervisor = Get(request, withServers: false);
        var uptime = HostUptime.Of(hypervisor.Figures)
            ?? throw Fault.NotImplemented("The requested functionality is not supported.");
        return Task.FromResult(Reply.Ok(json =>
        {
            json.WriteStartObject();
            json.WriteStartObject("hypervisor");
            hypervisor.WriteBrief(json, request);
            json.WriteString("uptime", uptime);
            json.WriteEndObject();
            json.WriteEndObject();
        }));
    }

    public Task<Reply> Statistics(ApiRequest request)
    {
        // Hosts that are disabled do not count, as in Nova.
        var all = services.Database.Read(tx => HypervisorView.All(tx, services, withServers: false))
            .Where(h => !h.Service.Disabled && h.Figures is not null).ToList();
        long Sum(Func<HostFigures, long> of) => all.Sum(h => of(h.Figures!));
        return Task.FromResult(Reply.Ok(json =>
        {
            json.WriteStartObject();
            json.WriteStartObject("hypervisor_statistics");
            json.WriteNumber("count", all.Count);
            json.WriteNumber("vcpus", Sum(f => f.Vcpus));
            json.WriteNumber("memory_mb", Sum(f => f.RamMib));
            json.WriteNumber("local_gb", Sum(f => f.DiskGib));
            json.WriteNumber("vcpus_used", Sum(f => f.VcpusUsed));
            json.WriteNumber("memory_mb_used", Sum(f => f.RamMibUsed));
            json.WriteNumber("local_gb_used", Sum(f => f.DiskGibUsed));
            json.WriteNumber("free_ram_mb", Sum(f => f.RamMib - f.RamMibUsed));
            json.WriteNumber("free_disk_gb", Sum(f => f.DiskGib - f.DiskGibUsed));
            json.WriteNumber("current_workload", all.Sum(h => h.Busy));
            json.WriteNumber("running_vms", Sum(f => f.Servers));
            json.WriteNumber("disk_available_least", Sum(f => f.DiskGibAvailable));
            json.WriteEndObject();
            json.WriteEndObject();
        }));
    }

    private HypervisorView Get(ApiRequest request, bool withServers)
    {
        var id = request[0];
        if (request.At(2, 53) && !Guid.TryParse(id, out _)) throw Fault.BadRequest($"Invalid uuid {id.Truncated()}");
        return services.Database.Read(tx => HypervisorView.All(tx, services, withServers)).Find(h => h.IdAt(request) == id)
            ?? throw Fault.NotFound($"Hypervisor with ID '{id.Truncated()}' could not be found.");
    }
}
