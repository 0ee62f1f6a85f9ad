using System.Text.Json;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Compute.Servers;

namespace Cumulet.ControlPlane.Compute.Proxies;

/// <summary>addFloatingIp and removeFloatingIp, until 2.43: Neutron's floating IPs tied to a server's port.</summary>
internal sealed class ServerFloatingIps(CloudParts parts, Neighbours neighbours)
{
    private static readonly Shape ToAdd = Shape.Object(
        Member.Must("address", Shape.Text(1, 45)), Member.May("fixed_address", Shape.Text(1, 45)));

    private static readonly Shape ToRemove = Shape.Object(Member.Must("address", Shape.Text(1, 45)));

    public static void Map(RouteTable routes, CloudParts parts, Neighbours neighbours)
    {
        var floating = new ServerFloatingIps(parts, neighbours);
        const string path = "v2.1/servers/{id}/action";
        routes.Action(path, "addFloatingIp", "os_compute_api:os-floating-ips:add", floating.Add).Until(2, 43);
        routes.Action(path, "removeFloatingIp", "os_compute_api:os-floating-ips:remove", floating.Remove).Until(2, 43);
    }

    private async Task<Reply> Add(ApiRequest request)
    {
        var body = await request.Body("addFloatingIp", ToAdd);
        var server = parts.Database.Read(tx => ServerStore.Get(tx, request.Caller, request[0]));
        var ports = (await neighbours.Call(request, "GET", $"network/v2.0/ports?device_id={server.Id}")).GetItems("ports");
        var fixedIps = ports.SelectMany(p => p.GetItems("fixed_ips").Select(f => (Port: p.GetText("id"), Address: f.GetText("ip_address")!)))
            .Where(f => !f.Address.Contains(':', StringComparison.Ordinal)).ToList();
        if (fixedIps.Count == 0) throw Fault.BadRequest("No fixed IPs associated to instance");
        var wanted = body.GetText("fixed_address") ?? fixedIps[0].Address;
        var chosen = fixedIps.Find(f => f.Address == wanted);
        if (chosen.Port is null) throw Fault.BadRequest("Specified fixed address not assigned to instance");
        var address = await Find(request, body.GetText("address")!);
        try
        {
            await Tie(request, address.GetText("id")!, chosen.Port, chosen.Address);
        }
        catch (Fault fault) when (fault.Kind == FaultKind.Conflict)
        {
            throw Fault.BadRequest($"Unable to associate floating IP {address.GetText("floating_ip_address")} to fixed IP {chosen.Address} for instance {server.Id}. Error: {fault.Message}");
        }
        return Reply.Empty(202);
    }

    private async Task<Reply> Remove(ApiRequest request)
    {
        var text = (await request.Body("removeFloatingIp", ToRemove)).GetText("address")!;
        var server = parts.Database.Read(tx => ServerStore.Get(tx, request.Caller, request[0]));
        var address = await Find(request, text);
        if (address.Get("port_details")?.GetText("device_id") != server.Id)
            throw Fault.Conflict($"Floating IP {text.Truncated()} is not associated with instance {server.Id}.");
        await Tie(request, address.GetText("id")!, null, null);
        return Reply.Empty(202);
    }

    private async Task<JsonElement> Find(ApiRequest request, string address)
    {
        var found = await neighbours.Call(request, "GET", $"network/v2.0/floatingips?floating_ip_address={Uri.EscapeDataString(address)}");
        foreach (var one in found.GetItems("floatingips")) return one;
        throw Fault.NotFound("floating IP not found");
    }

    private Task Tie(ApiRequest request, string id, string? port, string? fixedAddress) =>
        neighbours.Call(request, "PUT", $"network/v2.0/floatingips/{id}", json =>
        {
            json.WriteStartObject();
            json.WriteStartObject("floatingip");
            json.WriteString("port_id", port);
            if (fixedAddress is not null) json.WriteString("fixed_ip_address", fixedAddress);
            json.WriteEndObject();
            json.WriteEndObject();
        });
}
