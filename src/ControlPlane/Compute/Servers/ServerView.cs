using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Compute.Services;
using Cumulet.ControlPlane.Networking;
using Cumulet.ControlPlane.Networking.Servers;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Compute.Servers;

/// <summary>A server with everything that hangs on it, ready to be written.</summary>
internal sealed record ServerView(
    ServerRecord Server, IEnumerable<KeyValuePair<string, string>> Metadata, IEnumerable<string> Tags, IReadOnlyList<ServerPort> Ports,
    IEnumerable<ServerVolume> Volumes, ServerFault? Fault, IEnumerable<string> Groups)
{
    /// <summary>UP, DOWN or MAINTENANCE; empty where it has no host.</summary>
    public string HostStatus { get; init; } = "";
}

/// <summary>Loads views: one query for each kind of thing, however many servers.</summary>
internal sealed class ServerViews(ServerNeeds needs, NetworkingRoom networking)
{
    public ServerView One(Tx tx, ServerRecord server) => Many(tx, [server])[0];

    public List<ServerView> Many(Tx tx, IReadOnlyList<ServerRecord> servers)
    {
        if (servers.Count == 0) return [];
        var ids = servers.Select(s => s.Id).ToList();
        var metadata = ServerStore.MetadataOf(tx, ids);
        var tags = ServerStore.TagsOf(tx, ids);
        var volumes = ServerDiskStore.VolumesOf(tx, ids);
        var ports = networking.PortsOf(tx, ids);
        var faults = ServerStore.FaultsOf(tx, [.. servers.Where(s => s.Status is "ERROR" or "DELETED").Select(s => s.Id)]);
        var groups = needs.GroupsOf(tx, ids);
        var hosts = ServiceStore.All(tx).Where(s => s.IsCompute).ToDictionary(s => s.Host, s => s.HostStatus, StringComparer.Ordinal);
        return [.. servers.Select(s => new ServerView(
            s, metadata[s.Id], tags[s.Id], ports.GetValueOrDefault(s.Id) ?? [], volumes[s.Id], faults.GetValueOrDefault(s.Id), groups[s.Id])
        {
            HostStatus = s.Host is { } host ? hosts.GetValueOrDefault(host, "UP") : "",
        })];
    }
}

/// <summary>What this request may see of every server, asked once.</summary>
internal readonly record struct ServerRights(bool Attributes, bool HostStatus, bool ExtraSpecs, bool Admin)
{
    public static ServerRights Of(ApiRequest request)
    {
        var target = PolicyTarget.OwnedBy(request.Caller.ProjectId, request.Caller.UserId);
        return new ServerRights(
            request.Allows("os_compute_api:os-extended-server-attributes", target),
            request.Allows("os_compute_api:servers:show:host_status", target),
            request.Allows("os_compute_api:servers:show:flavor-extra-specs", target),
            request.Caller.IsAdmin);
    }
}
