namespace Cumulet.ControlPlane.Api;

/// <summary>
/// What a policy is asked about, as attribute names of OpenStack's policy language to values, always read from the
/// database: <c>project_id</c>, <c>user_id</c>, <c>target.user.domain_id</c>, <c>network:project_id</c>.
/// </summary>
public sealed class PolicyTarget : Dictionary<string, string?>
{
    public PolicyTarget() : base(StringComparer.Ordinal) { }

    /// <summary>A target that belongs to this project and, where known, this user.</summary>
    public static PolicyTarget OwnedBy(string? projectId, string? userId = null)
    {
        var target = new PolicyTarget { ["project_id"] = projectId, ["tenant_id"] = projectId };
        if (userId is not null) target["user_id"] = userId;
        return target;
    }

    /// <summary>The same, with what rules ask as <c>target.shared</c>.</summary>
    public PolicyTarget AndShared(bool shared)
    {
        this["shared"] = Flag(shared);
        return this;
    }

    /// <summary>As rules compare it.</summary>
    public static string Flag(bool value) => value ? "True" : "False";
}
