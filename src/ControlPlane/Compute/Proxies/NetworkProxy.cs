using System.Text.Json;
using Cumulet.ControlPlane.Api;

namespace Cumulet.ControlPlane.Compute.Proxies;

/// <summary>Neutron's networks and floating IPs in Nova's older words.</summary>
internal sealed class NetworkProxy(Neighbours neighbours)
{
    /// <summary>What Nova's own networks had; Neutron's have no such things.</summary>
    private static readonly string[] Nothing =
    [
        "bridge", "bridge_interface", "broadcast", "cidr", "cidr_v6", "created_at", "deleted", "deleted_at", "dhcp_server", "dhcp_start",
        "dns1", "dns2", "enable_dhcp", "gateway", "gateway_v6", "host", "injected", "mtu", "multi_host", "netmask", "netmask_v6",
        "priority", "project_id", "rxtx_base", "share_address", "updated_at", "vlan", "vpn_private_address", "vpn_public_address",
        "vpn_public_port",
    ];

    public static void Map(RouteTable routes, Neighbours neighbours)
    {
        var proxy = new NetworkProxy(neighbours);
        routes.Get("v2.1/os-networks", "os_compute_api:os-networks:list", r => proxy.Networks(r, WriteNetwork)).Until(2, 35);
        routes.Get("v2.1/os-networks/{id}", "os_compute_api:os-networks:show", r => proxy.Network(r, WriteNetwork)).Until(2, 35);
        routes.Get("v2.1/os-tenant-networks", "os_compute_api:os-tenant-networks:list", r => proxy.Networks(r, WriteTenantNetwork)).Until(2, 35);
        routes.Get("v2.1/os-tenant-networks/{id}", "os_compute_api:os-tenant-networks:show", r => proxy.Network(r, WriteTenantNetwork)).Until(2, 35);
        routes.Get("v2.1/os-floating-ip-pools", "os_compute_api:os-floating-ip-pools", proxy.Pools).Until(2, 35);
        const string policy = "os_compute_api:os-floating-ips:";
        routes.Get("v2.1/os-floating-ips", policy + "list", proxy.FloatingIps).Until(2, 35);
        routes.Post("v2.1/os-floating-ips", policy + "create", proxy.Allocate).Until(2, 35);
        routes.Get("v2.1/os-floating-ips/{id}", policy + "show", proxy.FloatingIp).Until(2, 35);
        routes.Delete("v2.1/os-floating-ips/{id}", policy + "delete", proxy.Free).Until(2, 35);
    }

    // All that Neutron lets this caller see.
    private async Task<Reply> Networks(ApiRequest request, Action<Utf8JsonWriter, JsonElement> write)
    {
        var all = (await neighbours.Call(request, "GET", "network/v2.0/networks")).GetItems("networks").ToList();
        return Reply.Ok(json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("networks");
            foreach (var network in all) write(json, network);
            json.WriteEndArray();
            json.WriteEndObject();
        });
    }

    private async Task<Reply> Network(ApiRequest request, Action<Utf8JsonWriter, JsonElement> write)
    {
        var network = (await Find(request, $"network/v2.0/networks/{Uri.EscapeDataString(request[0])}", "Network not found")).GetProperty("network");
        return Reply.Ok(json =>
        {
            json.WriteStartObject();
            json.WritePropertyName("network");
            write(json, network);
            json.WriteEndObject();
        });
    }

    private static void WriteNetwork(Utf8JsonWriter json, JsonElement network)
    {
        json.WriteStartObject();
        json.WriteString("id", network.GetText("id"));
        json.WriteString("label", network.GetText("name"));
        foreach (var name in Nothing) json.WriteNull(name);
        json.WriteEndObject();
    }

    private static void WriteTenantNetwork(Utf8JsonWriter json, JsonElement network)
    {
        json.WriteStartObject();
        json.WriteString("id", network.GetText("id"));
        // The word, not null: a slip of Nova that clients know by now.
        json.WriteString("cidr", "None");
        json.WriteString("label", network.GetText("name"));
        json.WriteEndObject();
    }

    private async Task<Reply> Pools(ApiRequest request)
    {
        var pools = await ExternalNetworks(request);
        return Reply.Ok(json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("floating_ip_pools");
            foreach (var (_, name) in pools)
            {
                json.WriteStartObject();
                json.WriteString("name", name);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        });
    }

    private async Task<Reply> FloatingIps(ApiRequest request)
    {
        var pools = await ExternalNetworks(request);
        var answer = await neighbours.Call(request, "GET", $"network/v2.0/floatingips?tenant_id={request.ProjectId}");
        return Reply.Ok(json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("floating_ips");
            foreach (var address in answer.GetItems("floatingips")) Write(json, address, pools);
            json.WriteEndArray();
            json.WriteEndObject();
        });
    }

    private async Task<Reply> FloatingIp(ApiRequest request) => await One(request, await Get(request));

    private async Task<Reply> Allocate(ApiRequest request)
    {
        var wanted = request.Http.Request.ContentLength is > 0 ? (await request.Body()).GetText("pool") : null;
        var pools = await ExternalNetworks(request);
        var pool = pools.FirstOrDefault(p => wanted is null || p.Id == wanted || p.Name == wanted);
        if (pool.Id is null)
            throw Fault.NotFound(wanted is null ? "No more floating IPs available." : $"Floating IP pool {wanted.Truncated()} not found.");
        var made = await neighbours.Call(request, "POST", "network/v2.0/floatingips", json =>
        {
            json.WriteStartObject();
            json.WriteStartObject("floatingip");
            json.WriteString("floating_network_id", pool.Id);
            json.WriteEndObject();
            json.WriteEndObject();
        });
        return await One(request, made.GetProperty("floatingip"));
    }

    private async Task<Reply> Free(ApiRequest request)
    {
        await Get(request);
        await neighbours.Call(request, "DELETE", $"network/v2.0/floatingips/{request[0]}");
        return Reply.Empty(202);
    }

    private async Task<JsonElement> Get(ApiRequest request) => (await Find(request,
        $"network/v2.0/floatingips/{Uri.EscapeDataString(request[0])}", $"Floating IP not found for ID {request[0].Truncated()}")).GetProperty("floatingip");

    private async Task<Reply> One(ApiRequest request, JsonElement address)
    {
        var pools = await ExternalNetworks(request);
        return Reply.Ok(json =>
        {
            json.WriteStartObject();
            json.WritePropertyName("floating_ip");
            Write(json, address, pools);
            json.WriteEndObject();
        });
    }

    private async Task<List<(string Id, string Name)>> ExternalNetworks(ApiRequest request) =>
        [.. (await neighbours.Call(request, "GET", "network/v2.0/networks?router:external=true")).GetItems("networks")
            .Select(n => (n.GetText("id")!, n.GetText("name") is { Length: > 0 } name ? name : n.GetText("id")!))];

    private async Task<JsonElement> Find(ApiRequest request, string path, string missing)
    {
        try
        {
            return await neighbours.Call(request, "GET", path);
        }
        catch (Fault fault) when (fault.Kind == FaultKind.NotFound)
        {
            throw Fault.NotFound(missing);
        }
    }

    private static void Write(Utf8JsonWriter json, JsonElement address, List<(string Id, string Name)> pools)
    {
        var network = address.GetText("floating_network_id");
        json.WriteStartObject();
        json.WriteString("id", address.GetText("id"));
        json.WriteString("ip", address.GetText("floating_ip_address"));
        json.WriteString("fixed_ip", address.GetText("fixed_ip_address"));
        json.WriteString("instance_id", address.Get("port_details")?.GetText("device_id") is { Length: > 0 } server ? server : null);
        json.WriteString("pool", pools.FirstOrDefault(p => p.Id == network).Name ?? network);
        json.WriteEndObject();
    }
}
