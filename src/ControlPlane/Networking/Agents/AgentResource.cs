using System.Text.Json;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Networking.Networks;
using Cumulet.ControlPlane.Networking.Resources;
using Cumulet.ControlPlane.Store;
using Attribute = Cumulet.ControlPlane.Networking.Resources.Attribute;

namespace Cumulet.ControlPlane.Networking.Agents;

internal sealed record AgentRecord(
    string Id, string AgentType, string Host, string Description, bool AdminStateUp, DateTimeOffset CreatedAt, DateTimeOffset StartedAt);

/// <summary>
/// What carries the networks, as operators look for it. There are no processes of their own here: the rows stand for the
/// parts of this one, which are alive whenever it answers.
/// </summary>
internal sealed class AgentResource(TimeProvider time)
{
    public const string Dhcp = "DHCP agent";
    public const string L3 = "L3 agent";

    private static readonly (string Type, string Binary, string Topic)[] Kinds =
    [
        (Dhcp, "neutron-dhcp-agent", "dhcp_agent"),
        (L3, "neutron-l3-agent", "l3_agent"),
        ("Linux bridge agent", "neutron-linuxbridge-agent", "N/A"),
        ("Metadata agent", "neutron-metadata-agent", "N/A"),
    ];

    /// <summary>One row per part and host, with the time of this start.</summary>
    public static void Enlist(Tx tx, string host, DateTimeOffset now)
    {
        foreach (var (type, _, _) in Kinds)
        {
            if (tx.Execute($"UPDATE network_agents SET started_at = {now} WHERE agent_type = {type} AND host = {host}") > 0) continue;
            tx.Execute(
                $"INSERT INTO network_agents (id, agent_type, host, description, admin_state_up, created_at, started_at) VALUES ({Guid.NewGuid()}, {type}, {host}, '', 1, {now}, {now})");
        }
    }

    public Resource<AgentRecord> Declared => new()
    {
        Name = "agent",
        Collection = "agents",
        Attributes =
        [
            Attribute.ReadOnly("id"), Attribute.ReadOnly("agent_type"), Attribute.ReadOnly("host"), Attribute.ReadOnly("alive"), Attribute.ReadOnly("binary"),
            Attribute.ReadOnly("topic"), Attribute.ReadOnly("created_at"), Attribute.ReadOnly("started_at"), Attribute.ReadOnly("heartbeat_timestamp"),
            Attribute.ReadOnly("configurations"), Attribute.ReadOnly("resource_versions"), Attribute.ReadOnly("availability_zone"),
            new Attribute("description", Checks.OrNull(Checks.Text())),
            new Attribute("admin_state_up", Checks.Flag),
        ],
        List = new ListQuery
        {
            Select = "SELECT a.id, a.agent_type, a.host, a.description, a.admin_state_up, a.created_at, a.started_at FROM network_agents a",
            From = "network_agents a",
            Id = "a.id",
            Filters = new Dictionary<string, Filter>
            {
                ["id"] = new Filter.Exact("a.id"),
                ["agent_type"] = new Filter.Exact("a.agent_type"),
                ["host"] = new Filter.Exact("a.host"),
                ["description"] = new Filter.Exact("a.description"),
                ["admin_state_up"] = new Filter.Flag("a.admin_state_up"),
                ["alive"] = new Filter.Custom((values, _) => Sql.Raw(NetworkFilters.Truth("alive", values[^1]) ? "1 = 1" : "1 = 0")),
                ["binary"] = new Filter.Custom((values, _) => new Sql().Add(
                    $"a.agent_type IN {Kinds.Where(k => values.Contains(k.Binary)).Select(k => k.Type).ToList()}")),
            },
            SortKeys = new Dictionary<string, string>
            {
                ["id"] = "a.id", ["agent_type"] = "a.agent_type", ["host"] = "a.host", ["admin_state_up"] = "a.admin_state_up",
                ["created_at"] = "a.created_at", ["started_at"] = "a.started_at",
            },
            MaxLimit = 0,
            ReversePages = true,
        },
        Visible = _ => Sql.Raw("1 = 1"),
        Read = row => new AgentRecord(row.Text(), row.Text(), row.Text(), row.Text(), row.Flag(), row.Time(), row.Time()),
        Complete = (_, _, rows) => rows,
        Id = a => a.Id,
        Target = _ => new PolicyTarget(),
        Write = Write,
        NotFound = id => Fault.NotFound($"Agent {id} could not be found.", "AgentNotFound"),
    };

    public static AgentRecord Update(Change<AgentRecord> change)
    {
        change.Tx.Execute(
            $"UPDATE network_agents SET description = {change.Text("description", change.Current.Description)}, admin_state_up = {change.Flag("admin_state_up", change.Current.AdminStateUp)} WHERE id = {change.Current.Id}");
        return change.Current;
    }

    private void Write(Shown shown, AgentRecord a)
    {
        var kind = Array.Find(Kinds, k => k.Type == a.AgentType);
        shown.Text("id", a.Id).Text("agent_type", a.AgentType).Text("binary", kind.Binary).Text("topic", kind.Topic).Text("host", a.Host)
            .Flag("admin_state_up", a.AdminStateUp).Text("created_at", Time(a.CreatedAt)).Text("started_at", Time(a.StartedAt))
            .Text("heartbeat_timestamp", Time(time.GetUtcNow())).Text("description", a.Description.Length == 0 ? null : a.Description)
            .Text("availability_zone", kind.Topic == "N/A" ? null : NetworkResource.Zone).Flag("alive", true)
            .Value("resource_versions", Empty).Value("configurations", Empty);
    }

    private static void Empty(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteEndObject();
    }

    // Agents' times have a blank where others have a T.
    private static string Time(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", System.Globalization.CultureInfo.InvariantCulture);
}
