using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Network.SecurityGroups;

/// <summary>What of a security group is shown, and how.</summary>
static class SecurityGroupFields
{
    private static readonly Fields All = new("created_at description id name project_id revision_number rules=security_group_rules stateful "
        + "tags updated_at", new() { ["rules"] = Rules });

    public static Record Show(JsonObject group) => All.Show(group);

    /// <summary>A rule to a line, without what is empty or is the group's own.</summary>
    private static Cell Rules(JsonNode? value)
    {
        if (value is not JsonArray rules) return new Cell(value);
        var trimmed = rules.OfType<JsonObject>().Select(rule => (JsonNode?)new JsonObject(rule
            .Where(pair => pair.Key is not ("security_group_id" or "tenant_id" or "project_id") && !IsEmpty(pair.Value))
            .Select(pair => KeyValuePair.Create(pair.Key, pair.Value.Copy()))));
        return new Cell(value, Cell.PairsList(new JsonArray([.. trimmed])).InTable);
    }

    private static bool IsEmpty(JsonNode? value) => value switch
    {
        null => true,
        JsonArray items => items.Count == 0,
        JsonObject fields => fields.Count == 0,
        _ => value.ToJsonString() is "\"\"" or "0" or "false",
    };
}
