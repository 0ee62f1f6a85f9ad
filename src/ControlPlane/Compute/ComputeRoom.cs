using Cumulet.ControlPlane.Api;

namespace Cumulet.ControlPlane.Compute;

/// <summary>
/// Nova: servers and what they are made from. Each resource maps its own URLs, with policy and microversions beside
/// them; this is the list of the resources.
/// </summary>
public sealed class ComputeRoom
{
    private readonly CloudParts _parts;

    public ComputeRoom(CloudParts parts)
    {
        _parts = parts;
        Api = new ServiceApi("compute", "compute", FaultStyle.Compute)
        {
            Microversions = ComputeVersions.Range,
            ProjectIdAfter = ["v2.1"],
            VersionAliases = new Dictionary<string, string> { ["v2"] = "v2.1" },
            RequestIdHeaders = ["x-openstack-request-id", "x-compute-request-id"],
        };
        var routes = Api.Routes;
        routes.Open("GET", "", ComputeVersions.List);
        routes.Open("GET", "v2.1", ComputeVersions.Show);
        routes.Open("GET", "v2", ComputeVersions.ShowLegacy);
    }

    public ServiceApi Api { get; }
}
