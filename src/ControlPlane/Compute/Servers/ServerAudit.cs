using Cumulet.ControlPlane.BlockStorage;
using Cumulet.ControlPlane.Compute.Hypervisor;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Compute.Servers;

/// <summary>Where servers' rows and reality disagree, for <c>cumulet audit</c>; nothing is mended here.</summary>
internal sealed class ServerAudit(CloudParts parts, IHypervisor hypervisor, BlockStorageRoom volumes)
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
            if (server.VmState is VmState.Stopped or VmState.Suspended or VmState.ShelvedOffloaded && runs)
                lines.Add($"server {server.Id} is {server.VmState} and has a guest");
        }
        lines.AddRange(orphans);
        return Task.FromResult<IReadOnlyList<string>>(lines);
    }

    /// <summary>A guest has open what its server's rows say, no more and no less, and writes to the layer that they name.</summary>
    public async Task<IReadOnlyList<string>> Disks(CancellationToken cancel)
    {
        var lines = new List<string>();
        foreach (var server in parts.Database.Read(ServerStore.Alive))
        {
            if (parts.Sagas.IsBusy(ServerLane.Of(server.Id)) || await hypervisor.DisksOf(Guid.Parse(server.Id), cancel) is not { } open) continue;
            var wanted = parts.Database.Read(tx => ServerDiskStore.Of(tx, server.Id).Where(d => d.LayerId is not null || d is { IsVolume: true, AttachmentId: not null })
                .Select(d => (d.DeviceId, Layer: d.LayerId ?? volumes.FindVolume(tx, null, d.VolumeId!)?.LayerId)).ToList());
            // An action that began meanwhile explains any difference.
            if (parts.Sagas.IsBusy(ServerLane.Of(server.Id))) continue;
            lines.AddRange(wanted.Where(d => !open.ContainsKey(d.DeviceId)).Select(d => $"server {server.Id} has disk {d.DeviceId} and its guest does not"));
            lines.AddRange(open.Keys.Except(wanted.Select(d => d.DeviceId)).Select(device => $"the guest of server {server.Id} has disk {device} open, which is not the server's"));
            lines.AddRange(wanted.Where(d => d.Layer is not null && open.GetValueOrDefault(d.DeviceId) is { } layer && layer != VmSpecs.LayerName(d.Layer.Value))
                .Select(d => $"the guest of server {server.Id} writes disk {d.DeviceId} to another layer than {d.Layer}"));
        }
        return lines;
    }

    /// <summary>What is kept for guests beside their disks belongs to servers that are there, and each UEFI guest has what its firmware remembers.</summary>
    public IReadOnlyList<string> Files()
    {
        if (hypervisor.Kept() is not { } kept) return [];
        var servers = parts.Database.Read(ServerStore.Alive).ToDictionary(s => Guid.Parse(s.Id));
        var lines = new List<string>();
        foreach (var id in kept.Keys.Where(id => !servers.ContainsKey(id) && !parts.Sagas.IsBusy(ServerLane.Of(id.ToString()))))
            lines.Add($"files are kept for the guest of server {id}, which is gone");
        foreach (var (id, server) in servers)
        {
            if (parts.Sagas.IsBusy(ServerLane.Of(server.Id)) || server is not { LaunchedAt: not null, VmState: not VmState.Error }) continue;
            var (wants, has) = (GuestMachine.Of(server.Image).IsUefi, kept.GetValueOrDefault(id));
            if (wants && !has) lines.Add($"server {id} boots with UEFI and its variables are gone");
            if (has && !wants) lines.Add($"server {id} has UEFI variables and boots without UEFI");
        }
        return lines;
    }

    private static IEnumerable<string> Orphans(Tx tx) => tx.Query($"""
        SELECT d.id, d.server_id FROM server_block_devices d
        WHERE NOT EXISTS (SELECT 1 FROM servers s WHERE s.id = d.server_id AND s.deleted = 0)
        """, row => $"disk {row.Text()} belongs to server {row.Text()}, which is gone");
}
