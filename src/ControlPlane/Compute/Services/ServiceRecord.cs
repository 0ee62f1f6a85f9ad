namespace Cumulet.ControlPlane.Compute.Services;

/// <summary>A part of Nova as its API shows it.</summary>
/// <param name="Number">The id up to microversion 2.52.</param>
/// <param name="Kind">nova-compute, nova-scheduler, nova-conductor (Nova's <c>binary</c>).</param>
internal sealed record ServiceRecord(
    string Id, long Number, string Host, string Kind, bool Disabled, string? DisabledReason, bool ForcedDown, DateTimeOffset CreatedAt)
{
    public const string Compute = "nova-compute";

    public bool IsCompute => Kind == Compute;
    public string Status => Disabled ? "disabled" : "enabled";

    /// <summary>As the servers on its host tell it. Rule (Nova): compute/api.py, get_instance_host_status.</summary>
    public string HostStatus => ForcedDown ? "DOWN" : Disabled ? "MAINTENANCE" : "UP";
}

/// <summary>The hypervisor of a host; the id is that of its resource provider too.</summary>
internal sealed record NodeRecord(string Id, long Number, string Host);
