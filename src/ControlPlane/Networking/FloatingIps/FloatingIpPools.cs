using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Networking.Networks;
using Cumulet.ControlPlane.Networking.Subnets;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Networking.FloatingIps;

/// <summary>Where floating IPs come from: the IPv4 subnets of external networks that the caller may see.</summary>
internal sealed class FloatingIpPools(Database database)
{
    public Task<Reply> List(ApiRequest request)
    {
        var subnets = database.Read(tx =>
        {
            var networks = tx.Query(new Sql().Add(Sql.Raw(NetworkStore.Columns)).Add($" WHERE n.external = 1 AND ({NetworkStore.Visible(request.Caller)})"), NetworkStore.Read);
            return SubnetStore.OfNetworks(tx, [.. networks.Select(n => n.Id)]).Where(s => s.IpVersion == 4).ToList();
        });
        return Task.FromResult(Reply.Ok(json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("floatingip_pools");
            foreach (var subnet in subnets)
            {
                json.WriteStartObject();
                json.WriteString("subnet_id", subnet.Id);
                json.WriteString("subnet_name", subnet.Name);
                json.WriteString("network_id", subnet.NetworkId);
                json.WriteString("cidr", subnet.Cidr.ToString());
                json.WriteString("tenant_id", request.Caller.ProjectId);
                json.WriteString("project_id", request.Caller.ProjectId);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }));
    }
}
