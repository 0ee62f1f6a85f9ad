using Cumulet.ControlPlane.Compute.Hypervisor;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Compute.Servers;

/// <summary>Where servers' rows and reality disagree, for <c>cumulet audit</c>; nothing is mended here.</summary>
internal sealed class ServerAudit(CloudParts parts, IHypervisor hypervisor)
{
    public Task<IReadOnlyList<string>> Run(CancellationToken cancel)
    {
        var lines = new List<string>();
        var (servers, orphans) = parts.Database.Read(tx => (ServerStore.Alive(tx), Orphans(tx)));
        foreach (var server in servers)
        {
            if (parts.Sagas.IsBusy(ServerLane.Of(server.Id))) continue;
            var runs = hypervisor.Runs(Guid.Parse(server.Id));
            if (server.TaskState is { } task) lines.Add($"server {server.Id} is '{task}' and nothing works on it");
            if (server is { VmState: VmState.Building }) lines.Add($"server {server.Id} is being built and nothing works on it");
            if (server is { VmState: VmState.Active } && !runs) lines.Add($"server {server.Id} is active and has no guest");
            if (server is { VmState: VmState.Stopped } && runs) lines.Add($"server {server.Id} is stopped and has a guest");
        }
        lines.AddRange(orphans);
        return Task.FromResult<IReadOnlyList<string>>(lines);
    }

    private static IEnumerable<string> Orphans(Tx tx) => tx.Query($"""
        SELECT d.id, d.server_id FROM server_block_devices d
        WHERE NOT EXISTS (SELECT 1 FROM servers s WHERE s.id = d.server_id AND s.deleted = 0)
        """, row => $"disk {row.Text()} belongs to server {row.Text()}, which is gone");
}
