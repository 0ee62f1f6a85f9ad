using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Compute.ServerGroups;

/// <summary>What of a server group is shown: from 2.64 on one policy with rules, before a list of policies.</summary>
static class ServerGroupFields
{
    private static readonly Fields Before = new("id members name policies project_id user_id", new() { ["members"] = Cell.List, ["policies"] = Cell.List });
    private static readonly Fields Since = new("id members name policy project_id rules user_id", new() { ["members"] = Cell.List, ["rules"] = Cell.Pairs });

    public static Record Show(JsonObject group, ServiceClient compute) => (compute.AtLeast("2.64") ? Since : Before).Show(group);
}
