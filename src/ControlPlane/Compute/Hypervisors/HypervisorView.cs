using System.Globalization;
using System.Text.Json;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Compute.Services;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Compute.Hypervisors;

/// <summary>A hypervisor with its service, its figures and, where asked for, its servers.</summary>
/// <param name="Figures">Null for a host that this start of the cloud does not have.</param>
/// <param name="Busy">Servers on it with something going on.</param>
internal sealed record HypervisorView(
    NodeRecord Node, ServiceRecord Service, HostFigures? Figures, bool Up, long Busy, IReadOnlyList<(string Id, string Name)>? Servers)
{
    /// <summary>All hypervisors whose service is known, in the order of their numbers.</summary>
    public static List<HypervisorView> All(Tx tx, ComputeServices services, bool withServers)
    {
        var figures = services.Figures(tx);
        var computes = ServiceStore.All(tx).Where(s => s.IsCompute).ToDictionary(s => s.Host, StringComparer.Ordinal);
        var busy = tx.Query(
            $"SELECT host, COUNT(*) FROM servers WHERE deleted = 0 AND host IS NOT NULL AND task_state IS NOT NULL GROUP BY host",
            row => (Host: row.Text(), Count: row.Long())).ToDictionary(b => b.Host, b => b.Count, StringComparer.Ordinal);
        var servers = withServers
            ? tx.Query($"SELECT host, id, name FROM servers WHERE deleted = 0 AND host IS NOT NULL ORDER BY number",
                row => (Host: row.Text(), Id: row.Text(), Name: row.Text())).ToLookup(s => s.Host, s => (s.Id, s.Name))
            : null;
        return [.. ServiceStore.Nodes(tx).Where(n => computes.ContainsKey(n.Host)).Select(n => new HypervisorView(
            n, computes[n.Host], figures.GetValueOrDefault(n.Host), ComputeServices.IsUp(computes[n.Host], figures),
            busy.GetValueOrDefault(n.Host), servers?[n.Host].ToList()))];
    }

    public string IdAt(ApiRequest request) =>
        request.At(2, 53) ? Node.Id : Node.Number.ToString(CultureInfo.InvariantCulture);

    public void WriteBrief(Utf8JsonWriter json, ApiRequest request)
    {
        WriteId(json, request, Node.Id, Node.Number);
        json.WriteString("hypervisor_hostname", Node.Host);
        json.WriteString("state", Up ? "up" : "down");
        json.WriteString("status", Service.Status);
    }

    public void WriteDetail(Utf8JsonWriter json, ApiRequest request, string hostAddress)
    {
        WriteBrief(json, request);
        json.WriteString("hypervisor_type", Figures?.Kind == "fake" ? "fake" : "QEMU");
        json.WriteNumber("hypervisor_version", Figures?.Version ?? 0);
        json.WriteString("host_ip", hostAddress);
        json.WriteStartObject("service");
        WriteId(json, request, Service.Id, Service.Number);
        json.WriteString("host", Service.Host);
        json.WriteString("disabled_reason", Service.DisabledReason);
        json.WriteEndObject();
        if (request.At(2, 88))
        {
            json.WriteString("uptime", HostUptime.Of(Figures));
            return;
        }
        WriteFigures(json);
        json.WritePropertyName("cpu_info");
        if (!request.At(2, 28)) json.WriteStringValue(Figures?.CpuInfo ?? "");
        else json.WriteRawValue(Figures?.CpuInfo is { Length: > 0 } info ? info : "{}");
    }

    public void WriteServers(Utf8JsonWriter json, ApiRequest request)
    {
        // Up to 2.74 a hypervisor without servers has no such member.
        if (Servers is null || (Servers.Count == 0 && !request.At(2, 75))) return;
        json.WriteStartArray("servers");
        foreach (var (id, name) in Servers)
        {
            json.WriteStartObject();
            json.WriteString("name", name);
            json.WriteString("uuid", id);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private void WriteFigures(Utf8JsonWriter json)
    {
        var f = Figures;
        json.WriteNumber("vcpus", f?.Vcpus ?? 0);
        json.WriteNumber("memory_mb", f?.RamMib ?? 0);
        json.WriteNumber("local_gb", f?.DiskGib ?? 0);
        json.WriteNumber("vcpus_used", f?.VcpusUsed ?? 0);
        json.WriteNumber("memory_mb_used", f?.RamMibUsed ?? 0);
        json.WriteNumber("local_gb_used", f?.DiskGibUsed ?? 0);
        json.WriteNumber("free_ram_mb", f is null ? 0 : f.RamMib - f.RamMibUsed);
        json.WriteNumber("free_disk_gb", f is null ? 0 : f.DiskGib - f.DiskGibUsed);
        json.WriteNumber("current_workload", Busy);
        json.WriteNumber("running_vms", f?.Servers ?? 0);
        json.WriteNumber("disk_available_least", f?.DiskGibAvailable ?? 0);
    }

    private static void WriteId(Utf8JsonWriter json, ApiRequest request, string uuid, long number)
    {
        if (request.At(2, 53)) json.WriteString("id", uuid);
        else json.WriteNumber("id", number);
    }
}
