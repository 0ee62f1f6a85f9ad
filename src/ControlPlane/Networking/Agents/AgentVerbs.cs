using System.Text.Json;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Networking.FloatingIps;
using Cumulet.ControlPlane.Networking.Networks;
using Cumulet.ControlPlane.Networking.Ports;
using Cumulet.ControlPlane.Networking.Resources;
using Cumulet.ControlPlane.Networking.Routers;
using Cumulet.ControlPlane.Networking.Subnets;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Networking.Agents;

/// <summary>What is carried by which agent: lists, taking away and giving back. For administrators only.</summary>
internal sealed class AgentVerbs(Database database, TimeProvider time, string host)
{
    private readonly Resource<AgentRecord> _agents = new AgentResource(time).Declared;

    private AgentRecord Agent(Tx tx, ApiRequest request) => _agents.Require(tx, request);

    // Asked for by the kind of agent: a network is carried by a DHCP agent only.
    private AgentRecord Agent(Tx tx, ApiRequest request, string type)
    {
        var agent = Agent(tx, request);
        return agent.AgentType == type ? agent
            : throw Fault.Conflict($"Agent {agent.Id} is not a valid {type} or is disabled.", type == AgentResource.Dhcp ? "InvalidDHCPAgent" : "InvalidL3Agent");
    }

    public Task<Reply> NetworksOf(ApiRequest request)
    {
        var networks = database.Read(tx =>
        {
            if (Agent(tx, request).AgentType != AgentResource.Dhcp) return [];
            var served = new Sql().Add(Sql.Raw($"{NetworkStore.Columns} WHERE ")).Add(AgentSchedule.HasNetwork("n.id")).Add(Sql.Raw(" ORDER BY n.id"));
            return NetworkStore.Complete(tx, request.Caller, tx.Query(served, NetworkStore.Read));
        });
        return Task.FromResult(List("networks", networks, NetworkResource.Declared));
    }

    public Task<Reply> RoutersOf(ApiRequest request)
    {
        var routers = database.Read(tx =>
        {
            if (Agent(tx, request).AgentType != AgentResource.L3) return [];
            var carried = new Sql().Add(Sql.Raw(RouterStore.Columns)).Add(
                $" WHERE NOT EXISTS (SELECT 1 FROM network_unscheduled u WHERE u.kind = {AgentSchedule.Routers} AND u.resource_id = t.id) ORDER BY t.id");
            return RouterStore.Complete(tx, tx.Query(carried, RouterStore.Read));
        });
        return Task.FromResult(List("routers", routers, RouterResource.Declared));
    }

    public Task<Reply> AgentsOfNetwork(ApiRequest request)
    {
        var agents = database.Read(tx =>
        {
            if (NetworkStore.Find(tx, request.Caller, request[0]) is null) throw NetworkFault.NetworkNotFound(request[0]);
            return AgentSchedule.HasNetworkOf(tx, request[0]) ? OfKind(tx, AgentResource.Dhcp) : [];
        });
        return Task.FromResult(List("agents", agents, _agents));
    }

    public Task<Reply> AgentsOfRouter(ApiRequest request)
    {
        var agents = database.Read(tx =>
        {
            if (RouterStore.Find(tx, request.Caller, request[0]) is null) throw NetworkFault.RouterNotFound(request[0]);
            return AgentSchedule.IsTaken(tx, AgentSchedule.Routers, request[0]) ? [] : OfKind(tx, AgentResource.L3);
        });
        return Task.FromResult(List("agents", agents, _agents, static json => json.WriteNull("ha_state")));
    }

    private List<AgentRecord> OfKind(Tx tx, string type) =>
        tx.Query(new Sql().Add(Sql.Raw(_agents.List.Select)).Add($" WHERE a.agent_type = {type} AND a.host = {host}"), _agents.Read);

    public async Task<Reply> AddNetwork(ApiRequest request)
    {
        var id = Asked(await request.Body(), "network_id");
        await database.Write(tx =>
        {
            var agent = Agent(tx, request, AgentResource.Dhcp);
            if (NetworkStore.FindAny(tx, id) is null) throw NetworkFault.NetworkNotFound(id);
            if (!AgentSchedule.IsTaken(tx, AgentSchedule.Networks, id) && AgentSchedule.HasNetworkOf(tx, id))
                throw Fault.Conflict($"The network {id} has been already hosted by the DHCP Agent {agent.Id}.", "NetworkHostedByDHCPAgent");
            AgentSchedule.GiveBack(tx, AgentSchedule.Networks, id);
            AgentSchedule.AskFor(tx, id);
            DhcpPorts.Follow(tx, id, time.GetUtcNow());
        });
        return Reply.Json(201, static json => json.WriteNullValue());
    }

    public async Task<Reply> RemoveNetwork(ApiRequest request)
    {
        await database.Write(tx =>
        {
            var agent = Agent(tx, request, AgentResource.Dhcp);
            if (AgentSchedule.IsTaken(tx, AgentSchedule.Networks, request[1]) || !AgentSchedule.HasNetworkOf(tx, request[1]))
                throw Fault.Conflict($"The network {request[1]} is not hosted by the DHCP agent {agent.Id}.", "NetworkNotHostedByDhcpAgent");
            AgentSchedule.StopAskingFor(tx, request[1]);
            AgentSchedule.Take(tx, AgentSchedule.Networks, request[1]);
            DhcpPorts.Follow(tx, request[1], time.GetUtcNow());
        });
        return Reply.Empty();
    }

    public async Task<Reply> AddRouter(ApiRequest request)
    {
        var id = Asked(await request.Body(), "router_id");
        await database.Write(tx =>
        {
            Agent(tx, request, AgentResource.L3);
            if (RouterStore.FindAny(tx, id) is null) throw NetworkFault.RouterNotFound(id);
            // Rule: Neutron refuses a router that another agent has; the one that has it already is given it again in silence.
            AgentSchedule.GiveBack(tx, AgentSchedule.Routers, id);
            FloatingIpStore.FollowRouter(tx, id, time.GetUtcNow());
        });
        return Reply.Json(201, static json => json.WriteNullValue());
    }

    public async Task<Reply> RemoveRouter(ApiRequest request)
    {
        await database.Write(tx =>
        {
            var agent = Agent(tx, request, AgentResource.L3);
            if (RouterStore.FindAny(tx, request[1]) is null || AgentSchedule.IsTaken(tx, AgentSchedule.Routers, request[1]))
                throw Fault.Conflict($"The router {request[1]} is not hosted by L3 agent {agent.Id}.", "RouterNotHostedByL3Agent");
            AgentSchedule.Take(tx, AgentSchedule.Routers, request[1]);
            FloatingIpStore.FollowRouter(tx, request[1], time.GetUtcNow());
        });
        return Reply.Empty();
    }

    /// <summary>An agent that lives reports again at once, as a new row.</summary>
    public async Task<Reply> Delete(ApiRequest request)
    {
        await database.Write(tx =>
        {
            var agent = Agent(tx, request);
            tx.Execute($"DELETE FROM network_agents WHERE id = {agent.Id}");
            AgentResource.Enlist(tx, host, time.GetUtcNow());
        });
        return Reply.Empty();
    }

    private static string Asked(JsonElement body, string name) => body.Get(name) is { ValueKind: JsonValueKind.String } id
        ? id.GetString()!
        : throw NetworkFault.BadRequest($"Failed to parse request. Required attribute '{name}' not specified");

    private static Reply List<T>(string member, IReadOnlyList<T> items, Resource<T> resource, Action<Utf8JsonWriter>? more = null) where T : class => Reply.Ok(json =>
    {
        json.WriteStartObject();
        json.WriteStartArray(member);
        foreach (var item in items)
        {
            json.WriteStartObject();
            resource.Write(new Shown(json, static _ => true), item);
            more?.Invoke(json);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    });
}
