using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Cloudwide.Projects;

/// <summary>One thing that goes.</summary>
/// <param name="Type">Its kind, as the python SDK calls it.</param>
/// <param name="Delete">What makes it go.</param>
/// <param name="Awaited">The kind by which it is asked for until it is gone, where others stand on it.</param>
sealed record Leftover(string Type, JsonObject Thing, Func<Task> Delete, Resource? Awaited = null);

/// <summary>
/// Finds what a project has, in the order in which it can go: servers; backups, snapshots, volumes; then addresses,
/// security groups and networks with all that hangs on them. A network goes only if no port is on it that stays.
/// </summary>
sealed class Leftovers(Call call, Func<JsonObject, bool> isOld, CancellationToken cancellation)
{
    private readonly Cloud _cloud = call.Cloud;
    private readonly List<Leftover> _found = [];
    private readonly HashSet<string> _going = [];

    public async Task<List<Leftover>> Find()
    {
        await Simple("Server", Resources.Server, "/servers/detail", isAwaited: true);
        await Simple("Backup", Resources.Backup, "/backups/detail", isAwaited: true);
        await Simple("Snapshot", Resources.Snapshot, "/snapshots/detail", isAwaited: true);
        await Simple("Volume", Resources.Volume, "/volumes/detail", isAwaited: false);
        await Networking((await _cloud.Session(cancellation)).ProjectId!);
        return _found;
    }

    private async Task Simple(string type, Resource resource, string list, bool isAwaited)
    {
        foreach (var thing in await List(_cloud.Service(resource.Service), list, resource.Plural))
        {
            if (isOld(thing)) Add(type, resource, thing, isAwaited ? resource : null);
        }
    }

    private void Add(string type, Resource resource, JsonObject thing, Resource? awaited = null)
    {
        _going.Add(thing.Id());
        var client = _cloud.Service(resource.Service);
        _found.Add(new Leftover(type, thing, () => client.Delete($"{resource.Path}/{thing.Id()}", cancellation), awaited));
    }

    private async Task Networking(string project)
    {
        var mine = "?project_id=" + project;
        var network = _cloud.Network;
        var ports = await List(network, "/ports" + mine, "ports");
        foreach (var ip in await List(network, "/floatingips" + mine, "floatingips")) Add("FloatingIP", Resources.FloatingIp, ip);
        foreach (var group in await List(network, "/security-groups" + mine, "security_groups"))
        {
            if (group.Text("name") != "default" && isOld(group)) Add("SecurityGroup", Resources.SecurityGroup, group);
        }

        var subnets = await List(network, "/subnets" + mine, "subnets");
        foreach (var one in await List(network, "/networks" + mine, "networks"))
            Network(one, [.. ports.Where(port => port.Text("network_id") == one.Id())], subnets);
        foreach (var router in await List(network, "/routers" + mine, "routers"))
        {
            if (ports.All(port => port.Text("device_id") != router.Id() || _going.Contains(port.Id())))
                Add("Router", Resources.Router, router);
        }
    }

    private void Network(JsonObject network, List<JsonObject> ports, List<JsonObject> subnets)
    {
        var interfaces = ports.Where(port =>
            port.Text("device_owner") is "network:router_interface" or "network:router_interface_distributed").ToList();
        var others = ports.Except(interfaces).Where(port => port.Text("device_owner") != "network:dhcp");
        if (others.Any(port => !_going.Contains(port.Text("device_id") ?? "")) || !isOld(network)) return;
        foreach (var port in interfaces)
        {
            var path = $"/routers/{port.Text("device_id")}/remove_router_interface";
            _going.Add(port.Id());
            _found.Add(new Leftover("Port", port,
                () => _cloud.Network.Put(path, new JsonObject { ["port_id"] = port.Id() }, cancellation)));
        }

        foreach (var subnet in subnets.Where(subnet => subnet.Text("network_id") == network.Id())) Add("Subnet", Resources.Subnet, subnet);
        Add("Network", Resources.Network, network);
    }

    /// <summary>A cloud without the service has nothing of it.</summary>
    private async Task<List<JsonObject>> List(ServiceClient client, string path, string key)
    {
        try
        {
            return await client.List(path, key, cancellation);
        }
        catch (Exception error) when (error is ApiError or CommandError)
        {
            call.Terminal.Error.WriteLine($"Cannot list {key}: {error.Message}");
            return [];
        }
    }
}
