using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Compute.Quotas;

/// <summary>
/// Limits of a project, and of a user within it. A limit is what an administrator set for the project, else what the class
/// "default" says, else what is written here; -1 is none. Use is counted from the rows in the transaction that adds to it.
/// </summary>
internal static class ComputeQuotas
{
    /// <summary>Nova's resources and limits, in its order; those of networks are Neutron's and stand here without a limit.</summary>
    public static readonly IReadOnlyList<(string Resource, long Limit)> Defaults =
    [
        ("instances", 10), ("cores", 20), ("ram", 51200), ("metadata_items", 128), ("injected_files", 5),
        ("injected_file_content_bytes", 10240), ("injected_file_path_bytes", 255), ("key_pairs", 100), ("server_groups", 10),
        ("server_group_members", 10), ("fixed_ips", -1), ("floating_ips", -1), ("security_groups", -1), ("security_group_rules", -1),
    ];

    private static readonly string[] OfNetworks = ["fixed_ips", "floating_ips", "security_groups", "security_group_rules"];
    private static readonly string[] OfInjection = ["injected_files", "injected_file_content_bytes", "injected_file_path_bytes"];

    /// <summary>The resources that a microversion speaks of.</summary>
    /// <param name="withoutNetworks">The first minor version that leaves networks out.</param>
    public static IEnumerable<string> KnownAt(Microversion version, int withoutNetworks) => Defaults.Select(d => d.Resource)
        .Where(r => version.Minor < withoutNetworks || !OfNetworks.Contains(r))
        .Where(r => version.Minor < 57 || !OfInjection.Contains(r));

    /// <summary>What a quota class says; classes without rows say what the cloud's own limits are.</summary>
    public static Dictionary<string, long> OfClass(Tx tx, string name)
    {
        var limits = Defaults.ToDictionary(d => d.Resource, d => d.Limit, StringComparer.Ordinal);
        Apply(limits, tx.Query($"SELECT resource, hard_limit FROM compute_quota_classes WHERE class = {name}",
            row => (row.Text(), row.Long())));
        return limits;
    }

    public static Dictionary<string, long> OfProject(Tx tx, string projectId) =>
        Apply(OfClass(tx, "default"), Rows(tx, projectId, ""));

    public static Dictionary<string, long> OfUser(Tx tx, string projectId, string userId) =>
        Apply(OfProject(tx, projectId), Rows(tx, projectId, userId));

    /// <summary>The tighter of what project and user may have; -1 is no limit.</summary>
    public static long LimitOf(Tx tx, string? projectId, string userId, string resource) =>
        OfUser(tx, projectId ?? "", userId).GetValueOrDefault(resource, -1);

    /// <summary>What a project uses, or one user of it. Keys and group members belong to no project: 0, as in Nova.</summary>
    public static Dictionary<string, long> Used(Tx tx, string projectId, string? userId = null)
    {
        var whose = userId is null
            ? new Sql().Add($"project_id = {projectId}")
            : new Sql().Add($"project_id = {projectId} AND user_id = {userId}");
        var used = Defaults.ToDictionary(d => d.Resource, _ => 0L, StringComparer.Ordinal);
        (used["instances"], used["cores"], used["ram"]) = tx.Find(
            $"SELECT COUNT(*), COALESCE(SUM(vcpus), 0), COALESCE(SUM(ram_mib), 0) FROM servers WHERE deleted = 0 AND {whose}",
            row => (row.Long(), row.Long(), row.Long()));
        used["server_groups"] = tx.Count($"SELECT COUNT(*) FROM server_groups WHERE {whose}");
        return used;
    }

    /// <summary>Throws the 403 of an exceeded quota when these are added to what the caller's project has.</summary>
    /// <param name="ramMib">Of all of them.</param>
    public static void Require(Tx tx, Caller caller, long instances, long cores, long ramMib)
    {
        var project = caller.ProjectId ?? "";
        var wanted = new Dictionary<string, long>(StringComparer.Ordinal) { ["instances"] = instances, ["cores"] = cores, ["ram"] = ramMib };
        Require(wanted, OfProject(tx, project), Used(tx, project));
        if (Rows(tx, project, caller.UserId).Count > 0)
            Require(wanted, OfUser(tx, project, caller.UserId), Used(tx, project, caller.UserId));
    }

    private static void Require(Dictionary<string, long> wanted, Dictionary<string, long> limits, Dictionary<string, long> used)
    {
        // Taking less never exceeds, also not where an administrator lowered the limit below what is there.
        var over = wanted.Where(w => w.Value > 0 && limits[w.Key] >= 0 && used[w.Key] + w.Value > limits[w.Key])
            .Select(w => w.Key).Order(StringComparer.Ordinal).ToList();
        if (over.Count == 0) return;
        string List(Func<string, long> of) => string.Join(", ", over.Select(of));
        throw Fault.Forbidden($"Quota exceeded for {string.Join(", ", over)}: Requested {List(r => wanted[r])}, but already used "
            + $"{List(r => used[r])} of {List(r => limits[r])} {string.Join(", ", over)}");
    }

    public static void Set(Tx tx, string projectId, string userId, string resource, long limit) => tx.Execute($"""
        INSERT INTO compute_quotas (project_id, user_id, resource, hard_limit) VALUES ({projectId}, {userId}, {resource}, {limit})
        ON CONFLICT (project_id, user_id, resource) DO UPDATE SET hard_limit = excluded.hard_limit
        """);

    public static void SetClass(Tx tx, string name, string resource, long limit) => tx.Execute($"""
        INSERT INTO compute_quota_classes (class, resource, hard_limit) VALUES ({name}, {resource}, {limit})
        ON CONFLICT (class, resource) DO UPDATE SET hard_limit = excluded.hard_limit
        """);

    private static List<(string Resource, long Limit)> Rows(Tx tx, string projectId, string userId) => tx.Query(
        $"SELECT resource, hard_limit FROM compute_quotas WHERE project_id = {projectId} AND user_id = {userId}",
        row => (row.Text(), row.Long()));

    private static Dictionary<string, long> Apply(Dictionary<string, long> limits, List<(string Resource, long Limit)> rows)
    {
        foreach (var (resource, limit) in rows) limits[resource] = limit;
        return limits;
    }
}
