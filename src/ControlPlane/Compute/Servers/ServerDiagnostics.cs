using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Compute.Hypervisor;

namespace Cumulet.ControlPlane.Compute.Servers;

/// <summary>/servers/ID/diagnostics: what the hypervisor knows of a running guest; from 2.48 in one form for all hypervisors.</summary>
internal sealed class ServerDiagnostics(CloudParts parts, GuestBoot boot, IHypervisor hypervisor)
{
    public Task<Reply> Get(ApiRequest request)
    {
        var (server, ports, disks) = parts.Database.Read(tx =>
        {
            var found = ServerStore.Get(tx, request.Caller, request[0]);
            return (found, boot.PortsOf(tx, found.Id), ServerDiskStore.Of(tx, found.Id));
        });
        if (server is not { VmState: VmState.Active or VmState.Paused or VmState.Rescued })
            throw ServerGuard.Wrong(server, "get_diagnostics", "vm_state", server.VmState);
        if (!request.At(2, 48))
            return Task.FromResult(Reply.Ok(json =>
            {
                json.WriteStartObject();
                json.WriteNumber("memory", server.Flavor.RamMib * 1024);
                json.WriteEndObject();
            }));
        return Task.FromResult(Reply.Ok(json =>
        {
            json.WriteStartObject();
            json.WriteString("state", server.PowerState == PowerState.Paused ? "paused" : "running");
            json.WriteString("driver", "libvirt");
            json.WriteString("hypervisor", hypervisor.Facts.Kind.ToLowerInvariant());
            json.WriteString("hypervisor_os", "linux");
            json.WriteNumber("uptime", server.LaunchedAt is { } at ? (long)(parts.Time.GetUtcNow() - at).TotalSeconds : 0);
            json.WriteNumber("num_cpus", server.Flavor.Vcpus);
            json.WriteNumber("num_nics", ports.Count);
            json.WriteNumber("num_disks", disks.Count);
            json.WriteBoolean("config_drive", true);
            json.WriteStartObject("memory_details");
            json.WriteNumber("maximum", server.Flavor.RamMib);
            json.WriteNumber("used", server.Flavor.RamMib);
            json.WriteEndObject();
            json.WriteStartArray("cpu_details");
            json.WriteEndArray();
            json.WriteStartArray("nic_details");
            foreach (var port in ports)
            {
                json.WriteStartObject();
                json.WriteString("mac_address", port.Mac);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteStartArray("disk_details");
            json.WriteEndArray();
            json.WriteEndObject();
        }));
    }
}
