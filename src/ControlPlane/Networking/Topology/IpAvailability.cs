using System.Globalization;
using System.Text.Json;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Networking.Networks;
using Cumulet.ControlPlane.Networking.Subnets;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Networking.Topology;

/// <summary>How many addresses each network has and how many are taken.</summary>
internal sealed class IpAvailability(Database database)
{
    private sealed record Line(SubnetRecord Subnet, UInt128 Total, long Used);

    private sealed record Figures(NetworkRecord Network, IReadOnlyList<Line> Lines)
    {
        public UInt128 Total => Lines.Aggregate(UInt128.Zero, (sum, l) => sum + l.Total);
        public long Used => Lines.Sum(l => l.Used);
    }

    public Task<Reply> List(ApiRequest request)
    {
        var where = Where(request);
        var version = request.Query["ip_version"].ToString();
        if (version is not ("" or "4" or "6")) throw NetworkFault.Invalid("ip_version", $"'{version.Truncated()}' is not in [4, 6]");
        request.Permits(PolicyTarget.OwnedBy(request.Caller.ProjectId));
        var figures = database.Read(tx => Read(tx, where, version)).Where(f => request.Permits(PolicyTarget.OwnedBy(f.Network.ProjectId))).ToList();
        return Task.FromResult(Reply.Ok(json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("network_ip_availabilities");
            foreach (var network in figures) Write(json, network);
            json.WriteEndArray();
            json.WriteEndObject();
        }));
    }

    public Task<Reply> Show(ApiRequest request)
    {
        var found = database.Read(tx => Read(tx, new Sql().Add($"n.id = {request[0]}"), "")).FirstOrDefault()
            ?? throw NetworkFault.NetworkNotFound(request[0]);
        request.Authorize(PolicyTarget.OwnedBy(found.Network.ProjectId));
        return Task.FromResult(Reply.Ok(json =>
        {
            json.WriteStartObject();
            json.WritePropertyName("network_ip_availability");
            Write(json, found);
            json.WriteEndObject();
        }));
    }

    private static Sql Where(ApiRequest request)
    {
        var where = Sql.Raw("1 = 1");
        foreach (var (name, values) in request.Query)
        {
            var wanted = values.OfType<string>().ToList();
            switch (name)
            {
                case "network_id": where.Add($" AND n.id IN {wanted}"); break;
                case "network_name": where.Add($" AND n.name IN {wanted}"); break;
                case "project_id" or "tenant_id": where.Add($" AND n.project_id IN {wanted}"); break;
                case "ip_version" or "fields": break;
                default: throw NetworkFault.BadRequest($"['{name.Truncated()}'] is invalid attribute for filtering");
            }
        }
        return where;
    }

    private static List<Figures> Read(Tx tx, Sql where, string version)
    {
        var networks = tx.Query(new Sql().Add(Sql.Raw(NetworkStore.Columns)).Add($" WHERE {where} ORDER BY n.id"), NetworkStore.Read);
        var ids = networks.Select(n => n.Id).ToList();
        var used = tx.Query($"SELECT subnet_id, COUNT(*) FROM ip_allocations WHERE network_id IN {ids} GROUP BY subnet_id",
            row => (Subnet: row.Text(), Count: row.Long())).ToDictionary(u => u.Subnet, u => u.Count);
        var subnets = SubnetStore.OfNetworks(tx, ids).ToLookup(s => s.NetworkId);
        return [.. networks.Select(n => new Figures(n, [.. subnets[n.Id]
            .Where(s => version.Length == 0 || version == s.IpVersion.ToString(CultureInfo.InvariantCulture))
            .Select(s => new Line(s, Total(s), used.GetValueOrDefault(s.Id)))]))
            .Where(f => version.Length == 0 || f.Lines.Count > 0)];
    }

    private static UInt128 Total(SubnetRecord subnet) =>
        subnet.Pools.Aggregate(UInt128.Zero, (sum, pool) => sum + (pool.Last - pool.First + 1));

    private static void Write(Utf8JsonWriter json, Figures figures)
    {
        json.WriteStartObject();
        json.WriteString("network_id", figures.Network.Id);
        json.WriteString("network_name", figures.Network.Name);
        json.WriteString("tenant_id", figures.Network.ProjectId);
        json.WriteString("project_id", figures.Network.ProjectId);
        WriteCounts(json, figures.Total, figures.Used);
        json.WriteStartArray("subnet_ip_availability");
        foreach (var line in figures.Lines)
        {
            json.WriteStartObject();
            json.WriteString("subnet_id", line.Subnet.Id);
            json.WriteString("subnet_name", line.Subnet.Name);
            json.WriteString("cidr", line.Subnet.Cidr.ToString());
            json.WriteNumber("ip_version", line.Subnet.IpVersion);
            WriteCounts(json, line.Total, line.Used);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    // A /64 has more addresses than a 64-bit number can say.
    private static void WriteCounts(Utf8JsonWriter json, UInt128 total, long used)
    {
        json.WritePropertyName("total_ips");
        json.WriteRawValue(total.ToString(CultureInfo.InvariantCulture));
        json.WriteNumber("used_ips", used);
    }
}
