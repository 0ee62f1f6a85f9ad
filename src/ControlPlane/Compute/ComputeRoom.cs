using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.BlockStorage;
using Cumulet.ControlPlane.Compute.Flavors;
using Cumulet.ControlPlane.Compute.Hosts;
using Cumulet.ControlPlane.Compute.Hypervisor;
using Cumulet.ControlPlane.Compute.Keypairs;
using Cumulet.ControlPlane.Compute.Servers;
using Cumulet.ControlPlane.Identity;
using Cumulet.ControlPlane.Images;
using Cumulet.ControlPlane.Layers;
using Cumulet.ControlPlane.Networking;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Compute;

/// <summary>
/// Nova: servers and what they are made from. Each resource maps its own URLs, with policy and microversions beside
/// them; this is the list of the resources.
/// </summary>
public sealed class ComputeRoom
{
    private readonly CloudParts _parts;
    private readonly ServersOfCompute _servers;
    private readonly CloudOfCompute _cloud;

    public ComputeRoom(
        CloudParts parts, IdentityRoom identity, LayersRoom layers, ImagesRoom images, BlockStorageRoom volumes, NetworkingRoom networking)
    {
        _parts = parts;
        _servers = new ServersOfCompute(parts, layers, images, volumes, networking);
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
        _cloud = new CloudOfCompute(parts, identity, _servers.Hosts);
        _cloud.Map(routes);
        _servers.Actions.Map(routes);
        ServerRoutes.Map(routes, _servers.Handlers);
    }

    public ServiceApi Api { get; }

    /// <summary>The flavor with this id, where the caller may use it: public, or given to its project.</summary>
    public static FlavorRecord? FindFlavor(Tx tx, Caller caller, string id) => FlavorStore.Find(tx, caller, id);

    /// <summary>A user's key pair by name.</summary>
    public static KeypairRecord? FindKeypair(Tx tx, string userId, string name) => KeypairStore.Find(tx, userId, name);

    /// <summary>The guests of this cloud.</summary>
    public IHypervisor Hypervisor => _servers.Hypervisor;

    /// <summary>Takes back the guests that run; before the sagas go on.</summary>
    public Task Recover(CancellationToken cancel) => _servers.Reconciler.Recover(cancel);

    /// <summary>How many servers there are in each status.</summary>
    public string Summary(Tx tx) => string.Join(", ", ServerStore.Alive(tx).GroupBy(s => s.Status).OrderBy(g => g.Key, StringComparer.Ordinal)
        .Select(g => $"{g.Count()} {g.Key}")) is { Length: > 0 } text ? text : "none";

    /// <summary>Servers whose rows and guests disagree, a line each.</summary>
    public Task<IReadOnlyList<string>> Audit(CancellationToken cancel) => _servers.Audit.Run(cancel);

    /// <summary>Files kept for guests that are nobody's, or are missing, a line each.</summary>
    public IReadOnlyList<string> AuditFiles() => _servers.Audit.Files();

    /// <summary>Guests whose disks are others than their rows say, a line each.</summary>
    public Task<IReadOnlyList<string>> AuditDisks(CancellationToken cancel) => _servers.Audit.Disks(cancel);

    /// <summary>Ends every guest: asked by its power button first, or at once. Their servers are SHUTOFF after the next start.</summary>
    public Task StopGuests(bool kill, CancellationToken cancel) => _servers.Reconciler.EndAll(kill, cancel);

    /// <summary>Lets go of the guests; they run on.</summary>
    public async Task Stop()
    {
        _servers.Metadata.Stop();
        await _servers.Hypervisor.DisposeAsync();
        await _servers.Reconciler.Stop();
    }

    /// <summary>The hosts with what they have and give.</summary>
    internal ComputeHosts Hosts => _servers.Hosts;

    /// <summary>What a server's guest is told about itself.</summary>
    internal Metadata.GuestData? GuestDataOf(string serverId) => _servers.Boot.DataOf(serverId);

    /// <summary>The screen behind a console's token; null where it does not count.</summary>
    internal Task<Stream?> OpenScreen(string token, CancellationToken cancel) => _servers.Handlers.Console.Open(token, cancel);

    /// <summary>Makes this process's hosts and services known; at every start, before the sagas go on.</summary>
    public Task Register() => _cloud.Services.Register();

    /// <summary>Fills a new cloud.</summary>
    public Task Bootstrap() => FlavorsOfANewCloud.Add(_parts.Database, _parts.Time);
}
