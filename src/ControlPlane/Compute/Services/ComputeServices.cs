using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Compute.Hosts;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Compute.Services;

/// <summary>
/// The services of Nova and the hosts of this cloud. All of them live in this process, so the service of a host that this
/// process has is up unless an administrator forced it down; one that an earlier start knew and this one does not is down.
/// </summary>
internal sealed class ComputeServices(CloudParts parts, ComputeHosts hosts)
{
    public const string InternalZone = "internal";
    public const string DefaultZone = ComputeHosts.DefaultZone;

    public Database Database => parts.Database;
    public DateTimeOffset Now => parts.Time.GetUtcNow();
    public string HostAddress => parts.Options.Listen.Address.ToString();

    /// <summary>Makes the rows of what this process is; at every start.</summary>
    public Task Register() => parts.Database.Write(tx =>
    {
        foreach (var kind in (string[])["nova-scheduler", "nova-conductor"])
            ServiceStore.InsertWhereMissing(tx, parts.Options.HostName, kind, Now);
        foreach (var host in hosts.Names) ServiceStore.InsertWhereMissing(tx, host, ServiceRecord.Compute, Now);
    });

    public IReadOnlyDictionary<string, HostFigures> Figures(Tx tx) =>
        hosts.Loads(tx).Select(h => new HostFigures(h.Host, hosts.Facts.Kind, hosts.Facts.Version, hosts.Facts.CpuInfo, h.Vcpus, h.RamMib,
            h.Disk.Total, h.Disk.Available, h.VcpusUsed, h.RamMibUsed, h.DiskGibUsed, h.Servers)).ToDictionary(h => h.Host, StringComparer.Ordinal);

    public static bool IsUp(ServiceRecord service, IReadOnlyDictionary<string, HostFigures> figures) =>
        !service.IsCompute || (!service.ForcedDown && figures.ContainsKey(service.Host));

    /// <summary>May the scheduler use this host?</summary>
    public static bool IsEnabled(Tx tx, string host) =>
        ServiceStore.Find(tx, host, ServiceRecord.Compute) is { Disabled: false, ForcedDown: false };

    public static string ZoneOf(ServiceRecord service, IReadOnlyDictionary<string, string> zones) =>
        service.IsCompute ? zones.GetValueOrDefault(service.Host, DefaultZone) : InternalZone;

    /// <summary>The service of a host that a caller named; 404 where there is none.</summary>
    public static ServiceRecord ComputeOn(Tx tx, string host) => ServiceStore.Find(tx, host, ServiceRecord.Compute)
        ?? throw Fault.NotFound($"Compute host {host.Truncated()} could not be found.");
}
