using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.BlockStorage;
using Cumulet.ControlPlane.Compute;
using Cumulet.ControlPlane.Identity;
using Cumulet.ControlPlane.Images;
using Cumulet.ControlPlane.Layers;
using Cumulet.ControlPlane.Networking;
using Cumulet.ControlPlane.Operations;
using Cumulet.ControlPlane.Placement;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane;

/// <summary>The rooms of the cloud in the order in which they need each other, and nothing else.</summary>
internal sealed class Rooms
{
    private readonly CloudParts _parts;

    public Rooms(CloudParts parts)
    {
        _parts = parts;
        Layers = new LayersRoom(parts);
        Identity = new IdentityRoom(parts);
        Images = new ImagesRoom(parts, Layers);
        BlockStorage = new BlockStorageRoom(parts, Identity, Layers, Images);
        Networking = new NetworkingRoom(parts);
        Compute = new ComputeRoom(parts, Identity, Layers, Images, BlockStorage, Networking);
        Placement = new PlacementRoom(parts, Compute.Hosts);
    }

    public LayersRoom Layers { get; }
    public IdentityRoom Identity { get; }
    public ImagesRoom Images { get; }
    public BlockStorageRoom BlockStorage { get; }
    public NetworkingRoom Networking { get; }
    public ComputeRoom Compute { get; }
    public PlacementRoom Placement { get; }

    public IReadOnlyList<ServiceApi> Apis => [Identity.Api, Images.Api, BlockStorage.Api, Networking.Api, Compute.Api, Placement.Api];

    /// <summary>Fills a new cloud; null where that was done before. Before any request and any saga.</summary>
    public async Task<FirstStart?> Bootstrap()
    {
        if (await Identity.Bootstrap() is not { } first) return null;
        await Images.Bootstrap(first.AdminProjectId);
        await BlockStorage.Bootstrap();
        await Networking.Bootstrap(first.AdminProjectId);
        await Compute.Bootstrap();
        return first;
    }

    /// <summary>Brings reality to what the rows say: networks, guests that still run. After the bootstrap, before the sagas go on.</summary>
    public async Task Recover(CancellationToken cancel)
    {
        await Compute.Register();
        await Placement.Register();
        await Networking.Recover(cancel);
        await Images.Recover();
        await Compute.Recover(cancel);
    }

    /// <summary>What only needs to have begun when the API answers: the first image, background work.</summary>
    public void Begin()
    {
        Images.Begin();
        Layers.Begin();
    }

    /// <summary>What each room knows of rows that reality does not match.</summary>
    public void AddTo(Audit audit)
    {
        audit.Add("processes", Compute.Audit);
        audit.Add("files", Layers.Audit);
        audit.Add("files", () => _parts.Database.Read(RowAudit.Layers));
        audit.Add("files", Images.Audit);
        audit.Add("files", Compute.AuditFiles);
        audit.Add("files", BlockStorage.Audit);
        audit.Add("network", Networking.Audit);
        audit.Add("addresses", Networking.AuditAddresses);
        audit.Add("quota", () => _parts.Database.Read(tx => Compute.Hosts.Audit(tx)));
        audit.Add("quota", () => _parts.Database.Read(RowAudit.Allocations));
        audit.Add("attachments", () => _parts.Database.Read(RowAudit.Attachments));
        audit.Add("attachments", Compute.AuditDisks);
        audit.Add("data", Layers.AuditData);
        audit.Add("states", _parts.Sagas.Audit);
        audit.Add("states", () => _parts.Database.Read(RowAudit.States));
    }

    /// <summary>Ends the guests before the daemon: asked politely by the power button, or at once.</summary>
    public async Task StopGuests(bool kill, CancellationToken cancel)
    {
        await Compute.StopGuests(kill, cancel);
        // Nobody is left whom the networks could serve; the next start makes them again.
        await Networking.Teardown(cancel);
    }

    /// <summary>What runs, a line per kind of resource.</summary>
    public IReadOnlyList<(string What, string Counts)> Summary(Tx tx) =>
    [
        ("servers", Compute.Summary(tx)), ("images", Images.Summary(tx)),
        ("volumes", BlockStorage.Summary(tx)), ("layers", Layers.Summary(tx)), ("networks", Networking.Summary(tx)),
    ];

    /// <summary>Ends requests that could last for hours, before the server waits for those in flight.</summary>
    public void BreakOff() => Images.BreakOff();

    public async Task Stop()
    {
        await Compute.Stop();
        await Networking.Stop();
        await Images.Stop();
        await Layers.Stop();
    }
}
