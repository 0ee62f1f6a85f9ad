namespace Cumulet.ControlPlane.Api;

/// <summary>How a service words its errors.</summary>
public enum FaultStyle { Compute, BlockStorage, Identity, Image, Network, Placement }

/// <summary>One OpenStack service as it is mounted: where, in which versions, with which operations.</summary>
public sealed class ServiceApi
{
    public ServiceApi(string name, string mount, FaultStyle style)
    {
        Name = name;
        Mount = mount;
        Style = style;
        Policies = PolicyBook.Load(name);
        Routes = new RouteTable(Policies);
    }

    /// <summary>As in the policy files: compute, block-storage, image, network, identity, placement.</summary>
    public string Name { get; }
    /// <summary>First path segment, <c>compute</c>.</summary>
    public string Mount { get; }
    public FaultStyle Style { get; }
    public PolicyBook Policies { get; }
    public RouteTable Routes { get; }
    public MicroversionRange? Microversions { get; init; }
    /// <summary>
    /// Version segments behind which a project id may stand, <c>v2.1</c>: Nova and Cinder answer every path with and
    /// without it.
    /// </summary>
    public IReadOnlyList<string> ProjectIdAfter { get; init; } = [];
    /// <summary>
    /// Older version segments in front of the same operations: Nova's <c>v2</c> is v2.1 at its first microversion, whatever
    /// the headers ask for. The version's own document stays a route of its own.
    /// </summary>
    public IReadOnlyDictionary<string, string> VersionAliases { get; init; } = new Dictionary<string, string>();
    /// <summary>Bytes; oslo.middleware's default.</summary>
    public long MaxBodyBytes { get; init; } = 114_688;
    /// <summary>The header names under which the request id is answered.</summary>
    public IReadOnlyList<string> RequestIdHeaders { get; init; } = ["x-openstack-request-id"];
}
