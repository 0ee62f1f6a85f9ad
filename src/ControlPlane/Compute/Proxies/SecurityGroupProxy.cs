using System.Text.Json;
using Cumulet.ControlPlane.Api;

namespace Cumulet.ControlPlane.Compute.Proxies;

/// <summary>Neutron's security groups in Nova's older words: incoming rules only, groups named with their owner.</summary>
internal sealed class SecurityGroupProxy(Neighbours neighbours)
{
    private static readonly Shape Group = Shape.Object(Member.Must("name", Shape.Text(0, 255)), Member.Must("description", Shape.Text(0, 255)));

    private static readonly Shape Rule = Shape.Object(
        Member.Must("parent_group_id", Shape.Text(1, 64)), Member.May("group_id", Shape.OrNull(Shape.Text(1, 64))),
        Member.May("ip_protocol", Shape.OrNull(Shape.Text(1, 40))), Member.May("from_port", Shape.OrNull(Shape.Integer(-1, 65535))),
        Member.May("to_port", Shape.OrNull(Shape.Integer(-1, 65535))), Member.May("cidr", Shape.OrNull(Shape.Text(1, 64)))).Open();

    public static void Map(RouteTable routes, Neighbours neighbours)
    {
        var proxy = new SecurityGroupProxy(neighbours);
        const string policy = "os_compute_api:os-security-groups:";
        routes.Get("v2.1/os-security-groups", policy + "get", proxy.List).Until(2, 35);
        routes.Post("v2.1/os-security-groups", policy + "create", proxy.Create).Until(2, 35);
        routes.Get("v2.1/os-security-groups/{id}", policy + "show", proxy.Show).Until(2, 35);
        routes.Put("v2.1/os-security-groups/{id}", policy + "update", proxy.Update).Until(2, 35);
        routes.Delete("v2.1/os-security-groups/{id}", policy + "delete", proxy.Delete).Until(2, 35);
        routes.Post("v2.1/os-security-group-rules", policy + "rule:create", proxy.CreateRule).Until(2, 35);
        routes.Delete("v2.1/os-security-group-rules/{id}", policy + "rule:delete", proxy.DeleteRule).Until(2, 35);
    }

    private async Task<Reply> List(ApiRequest request)
    {
        var all = request.Caller.IsAdmin && request.Query.ContainsKey("all_tenants");
        var answer = await neighbours.Call(request, "GET",
            all ? "network/v2.0/security-groups" : $"network/v2.0/security-groups?tenant_id={request.ProjectId}");
        var groups = ShortList.Slice(request, [.. answer.GetItems("security_groups")
            .OrderBy(g => g.GetText("tenant_id"), StringComparer.Ordinal).ThenBy(g => g.GetText("name"), StringComparer.Ordinal)]);
        var names = Names(groups);
        return Reply.Ok(json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("security_groups");
            foreach (var group in groups) Write(json, group, names);
            json.WriteEndArray();
            json.WriteEndObject();
        });
    }

    private async Task<Reply> Show(ApiRequest request) =>
        One((await neighbours.Call(request, "GET", $"network/v2.0/security-groups/{Id(request)}")).GetProperty("security_group"));

    private async Task<Reply> Create(ApiRequest request)
    {
        var body = await request.Body("security_group", Group, open: true);
        return One((await neighbours.Call(request, "POST", "network/v2.0/security-groups", json => WriteGroup(json, body))).GetProperty("security_group"));
    }

    private async Task<Reply> Update(ApiRequest request)
    {
        var body = await request.Body("security_group", Group, open: true);
        return One((await neighbours.Call(request, "PUT", $"network/v2.0/security-groups/{Id(request)}", json => WriteGroup(json, body))).GetProperty("security_group"));
    }

    private async Task<Reply> Delete(ApiRequest request)
    {
        await Removing(request, $"network/v2.0/security-groups/{Id(request)}");
        return Reply.Empty(202);
    }

    private async Task<Reply> DeleteRule(ApiRequest request)
    {
        await Removing(request, $"network/v2.0/security-group-rules/{Id(request)}");
        return Reply.Empty(202);
    }

    // Rule (Nova): Neutron's conflict, a rule that is there already, is a request that is wrong.
    private async Task<JsonElement> Made(ApiRequest request, Action<Utf8JsonWriter> rule)
    {
        try
        {
            return await neighbours.Call(request, "POST", "network/v2.0/security-group-rules", rule);
        }
        catch (Fault fault) when (fault.Kind == FaultKind.Conflict)
        {
            throw Fault.BadRequest(fault.Message);
        }
    }

    private async Task<Reply> CreateRule(ApiRequest request)
    {
        var body = await request.Body("security_group_rule", Rule, open: true);
        var answer = (await Made(request, json =>
        {
            var (from, to) = (body.GetLong("from_port"), body.GetLong("to_port"));
            var cidr = body.GetText("cidr") ?? (body.GetText("group_id") is null ? "0.0.0.0/0" : null);
            json.WriteStartObject();
            json.WriteStartObject("security_group_rule");
            json.WriteString("security_group_id", body.GetText("parent_group_id"));
            json.WriteString("direction", "ingress");
            json.WriteString("ethertype", cidr?.Contains(':') == true ? "IPv6" : "IPv4");
            if (body.GetText("ip_protocol") is { } protocol) json.WriteString("protocol", protocol.ToLowerInvariant());
            // -1 means any, as Nova's own rules had it.
            if (from is >= 0) json.WriteNumber("port_range_min", from.Value);
            if (to is >= 0) json.WriteNumber("port_range_max", to.Value);
            if (cidr is not null) json.WriteString("remote_ip_prefix", cidr);
            if (body.GetText("group_id") is { } group) json.WriteString("remote_group_id", group);
            json.WriteEndObject();
            json.WriteEndObject();
        })).GetProperty("security_group_rule");
        var names = new Dictionary<string, (string?, string?)>(StringComparer.Ordinal);
        if (answer.GetText("remote_group_id") is { } remote)
        {
            var group = (await neighbours.Call(request, "GET", $"network/v2.0/security-groups/{remote}")).GetProperty("security_group");
            names[remote] = (group.GetText("name"), group.GetText("tenant_id"));
        }
        return Reply.Ok(json =>
        {
            json.WriteStartObject();
            json.WritePropertyName("security_group_rule");
            WriteRule(json, answer, names);
            json.WriteEndObject();
        });
    }

    private async Task Removing(ApiRequest request, string path)
    {
        try
        {
            await neighbours.Call(request, "DELETE", path);
        }
        catch (Fault fault) when (fault.Kind == FaultKind.Conflict)
        {
            // A group in use was a bad request to Nova.
            throw Fault.BadRequest(fault.Message);
        }
    }

    private static string Id(ApiRequest request) => Guid.TryParse(request[0], out var id)
        ? id.ToString()
        : throw Fault.BadRequest($"Security group id should be uuid");

    private static void WriteGroup(Utf8JsonWriter json, JsonElement body)
    {
        json.WriteStartObject();
        json.WriteStartObject("security_group");
        json.WriteString("name", body.GetText("name"));
        json.WriteString("description", body.GetText("description"));
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static Reply One(JsonElement group) => Reply.Ok(json =>
    {
        json.WriteStartObject();
        json.WritePropertyName("security_group");
        Write(json, group, Names([group]));
        json.WriteEndObject();
    });

    private static Dictionary<string, (string? Name, string? Project)> Names(IReadOnlyList<JsonElement> groups) =>
        groups.ToDictionary(g => g.GetText("id")!, g => (g.GetText("name"), g.GetText("tenant_id")), StringComparer.Ordinal);

    private static void Write(Utf8JsonWriter json, JsonElement group, Dictionary<string, (string? Name, string? Project)> names)
    {
        json.WriteStartObject();
        json.WriteString("id", group.GetText("id"));
        json.WriteString("name", group.GetText("name"));
        json.WriteString("description", group.GetText("description"));
        json.WriteString("tenant_id", group.GetText("tenant_id"));
        json.WriteStartArray("rules");
        foreach (var rule in group.GetItems("security_group_rules"))
            if (rule.GetText("direction") == "ingress") WriteRule(json, rule, names);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteRule(Utf8JsonWriter json, JsonElement rule, Dictionary<string, (string? Name, string? Project)> names)
    {
        var (protocol, from, to) = (rule.GetText("protocol"), rule.GetLong("port_range_min"), rule.GetLong("port_range_max"));
        if (protocol is not null && from is null && to is null) (from, to) = protocol is "tcp" or "udp" ? (1L, 65535L) : (-1L, -1L);
        json.WriteStartObject();
        json.WriteString("id", rule.GetText("id"));
        json.WriteString("parent_group_id", rule.GetText("security_group_id"));
        json.WriteString("ip_protocol", protocol);
        Number(json, "from_port", from);
        Number(json, "to_port", to);
        json.WriteStartObject("group");
        var remote = rule.GetText("remote_group_id");
        if (remote is not null && names.TryGetValue(remote, out var name))
        {
            json.WriteString("name", name.Name);
            json.WriteString("tenant_id", name.Project);
        }
        json.WriteEndObject();
        json.WriteStartObject("ip_range");
        if (remote is null)
            json.WriteString("cidr", rule.GetText("remote_ip_prefix") ?? (rule.GetText("ethertype") == "IPv6" ? "::/0" : "0.0.0.0/0"));
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void Number(Utf8JsonWriter json, string name, long? value)
    {
        if (value is { } number) json.WriteNumber(name, number);
        else json.WriteNull(name);
    }
}
