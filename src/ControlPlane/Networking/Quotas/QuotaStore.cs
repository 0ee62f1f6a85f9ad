using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Networking.Quotas;

/// <summary>
/// How many of each resource a project may have. Use is counted from the rows inside the transaction that adds one, so
/// it can never drift; −1 means no limit.
/// </summary>
internal static class QuotaStore
{
    /// <summary>Neutron's own defaults.</summary>
    public static readonly IReadOnlyDictionary<string, int> Defaults = new Dictionary<string, int>
    {
        ["network"] = 100,
        ["subnet"] = 100,
        ["port"] = 500,
        ["router"] = 10,
        ["floatingip"] = 50,
        ["security_group"] = 10,
        ["security_group_rule"] = 100,
        ["subnetpool"] = -1,
        ["rbac_policy"] = 10,
    };

    private static string? TableOf(string resource) => resource switch
    {
        "network" => "networks",
        "subnet" => "subnets",
        "port" => "ports",
        "router" => "routers",
        "floatingip" => "floating_ips",
        "security_group" => "security_groups",
        "security_group_rule" => "security_group_rules",
        "subnetpool" => "subnetpools",
        "rbac_policy" => "network_rbac",
        _ => null,
    };

    public static int Limit(Tx tx, string project, string resource) =>
        tx.Find($"SELECT hard_limit FROM network_quotas WHERE project_id = {project} AND resource = {resource}", row => row.IntOrNull())
        ?? Defaults[resource];

    public static long Used(Tx tx, string project, string resource) => TableOf(resource) is { } table
        ? tx.Count(new Sql().Add(Sql.Raw($"SELECT COUNT(*) FROM {table}")).Add($" WHERE project_id = {project}"))
        : 0;

    /// <summary>Throws OverQuota where the project cannot have <paramref name="more"/> of it.</summary>
    public static void Claim(Tx tx, string project, string resource, int more = 1)
    {
        // Ports and networks of the cloud itself belong to no project and count for none.
        if (project.Length == 0) return;
        var limit = Limit(tx, project, resource);
        if (limit >= 0 && Used(tx, project, resource) + more > limit) throw NetworkFault.OverQuota(resource);
    }
}
