namespace Cumulet.ControlPlane.Compute.ServerGroups;

/// <summary>Servers of a project that are to be kept together or apart.</summary>
/// <param name="Policy">affinity, anti-affinity, soft-affinity, soft-anti-affinity.</param>
/// <param name="MaxServerPerHost">A rule of anti-affinity; null takes one.</param>
internal sealed record ServerGroupRecord(
    string Id, string ProjectId, string UserId, string Name, string Policy, long? MaxServerPerHost)
{
    public IReadOnlyList<string> Members { get; init; } = [];
}
