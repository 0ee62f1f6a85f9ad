using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Compute.Flavors;
using Cumulet.ControlPlane.Compute.Keypairs;
using Cumulet.ControlPlane.Identity;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Compute;

/// <summary>
/// Nova: servers and what they are made from. Each resource maps its own URLs, with policy and microversions beside
/// them; this is the list of the resources.
/// </summary>
public sealed class ComputeRoom
{
    private readonly CloudParts _parts;

    public ComputeRoom(CloudParts parts, IdentityRoom identity)
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
        FlavorRoutes.Map(routes, parts, identity);
        KeypairRoutes.Map(routes, parts);
    }

    public ServiceApi Api { get; }

    /// <summary>The flavor with this id, where the caller may use it: public, or given to its project.</summary>
    public static FlavorRecord? FindFlavor(Tx tx, Caller caller, string id) => FlavorStore.Find(tx, caller, id);

    /// <summary>A user's key pair by name.</summary>
    public static KeypairRecord? FindKeypair(Tx tx, string userId, string name) => KeypairStore.Find(tx, userId, name);

    /// <summary>Fills a new cloud.</summary>
    public Task Bootstrap() => FlavorsOfANewCloud.Add(_parts.Database, _parts.Time);
}
