using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Compute.Quotas;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Compute.Limits;

/// <summary>What a project may have and has: the older words for quotas. Fewer of them at 2.36, 2.39 and 2.57.</summary>
internal sealed class ShowLimits(Database database)
{
    private static readonly (string Name, string Resource, int UntilMinor)[] Most =
    [
        ("maxTotalRAMSize", "ram", int.MaxValue),
        ("maxTotalInstances", "instances", int.MaxValue),
        ("maxTotalCores", "cores", int.MaxValue),
        ("maxTotalKeypairs", "key_pairs", int.MaxValue),
        ("maxTotalFloatingIps", "floating_ips", 35),
        ("maxServerMeta", "metadata_items", int.MaxValue),
        ("maxImageMeta", "metadata_items", 38),
        ("maxPersonality", "injected_files", 56),
        ("maxPersonalitySize", "injected_file_content_bytes", 56),
        ("maxSecurityGroups", "security_groups", 35),
        ("maxSecurityGroupRules", "security_group_rules", 35),
        ("maxServerGroups", "server_groups", int.MaxValue),
        ("maxServerGroupMembers", "server_group_members", int.MaxValue),
    ];

    private static readonly (string Name, string Resource, int UntilMinor)[] Now =
    [
        ("totalRAMUsed", "ram", int.MaxValue),
        ("totalCoresUsed", "cores", int.MaxValue),
        ("totalInstancesUsed", "instances", int.MaxValue),
        ("totalFloatingIpsUsed", "floating_ips", 35),
        ("totalSecurityGroupsUsed", "security_groups", 35),
        ("totalServerGroupsUsed", "server_groups", int.MaxValue),
    ];

    public static void Map(RouteTable routes, Database database) =>
        routes.Get("v2.1/limits", "os_compute_api:limits", new ShowLimits(database).Handle);

    private Task<Reply> Handle(ApiRequest request)
    {
        QueryRules.Check(request, "tenant_id", "reserved");
        var project = request.ProjectId;
        if (request.Query["tenant_id"].ToString() is { Length: > 0 } other)
        {
            request.Authorize("os_compute_api:limits:other_project", PolicyTarget.OwnedBy(other));
            project = other;
        }
        var (limits, used) = database.Read(tx => (ComputeQuotas.OfProject(tx, project), ComputeQuotas.Used(tx, project)));
        return Task.FromResult(Reply.Ok(json =>
        {
            json.WriteStartObject();
            json.WriteStartObject("limits");
            json.WriteStartArray("rate");
            json.WriteEndArray();
            json.WriteStartObject("absolute");
            foreach (var (name, resource, until) in Most)
                if (request.Version.Minor <= until) json.WriteNumber(name, limits[resource]);
            foreach (var (name, resource, until) in Now)
                if (request.Version.Minor <= until) json.WriteNumber(name, used[resource]);
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteEndObject();
        }));
    }
}
