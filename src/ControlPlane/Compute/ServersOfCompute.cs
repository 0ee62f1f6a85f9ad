using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.BlockStorage;
using Cumulet.ControlPlane.Compute.AvailabilityZones;
using Cumulet.ControlPlane.Compute.Flavors;
using Cumulet.ControlPlane.Compute.Hosts;
using Cumulet.ControlPlane.Compute.Hypervisor;
using Cumulet.ControlPlane.Compute.Keypairs;
using Cumulet.ControlPlane.Compute.Metadata;
using Cumulet.ControlPlane.Compute.Quotas;
using Cumulet.ControlPlane.Compute.ServerGroups;
using Cumulet.ControlPlane.Compute.Servers;
using Cumulet.ControlPlane.Compute.Services;
using Cumulet.ControlPlane.Images;
using Cumulet.ControlPlane.Layers;
using Cumulet.ControlPlane.Networking;
using Microsoft.Extensions.Logging;

namespace Cumulet.ControlPlane.Compute;

/// <summary>Puts together what servers are made of: sagas, handlers, hypervisor, reconciler.</summary>
internal sealed class ServersOfCompute
{
    public ServersOfCompute(CloudParts parts, LayersRoom layers, ImagesRoom images, BlockStorageRoom volumes, NetworkingRoom networking)
    {
        Hypervisor = parts.Options.Hypervisor == HypervisorKind.Fake ? new FakeHypervisor(parts.Time) : new QemuHypervisor(parts);
        Hosts = new ComputeHosts(parts, layers, Hypervisor.Facts);
        Boot = new GuestBoot(parts, layers, volumes, networking, Hypervisor);
        Reconciler = new VmReconciler(parts, Hypervisor, networking, Boot);
        var views = new ServerViews(Needs, networking);
        var sagas = parts.Sagas;
        var create = sagas.Register(new CreateServer(parts, Hosts, Needs, Boot, Hypervisor, layers, images, volumes, networking));
        Handlers = new ServerHandlers
        {
            List = new ListServers(parts, views, networking),
            Accept = new ServerAcceptance(parts, Needs, images, volumes, networking, create) { Hosts = Hosts.Names },
            Show = new ShowServer(parts, views),
            Delete = sagas.Register(new DeleteServer(parts, Needs, Hypervisor, layers, volumes, networking)),
            Power = new ServerPowerActions(parts,
                sagas.Register(new StartServer(parts, Boot, networking)),
                sagas.Register(new StopServer(parts, Hypervisor, Boot, networking)),
                sagas.Register(new RebootServer(parts, Hypervisor, Boot, networking)),
                sagas.Register(new PauseServer(parts, Hypervisor))),
            CreateImage = sagas.Register(new Servers.CreateImage(parts, Hypervisor, layers, images, volumes)),
            Resizes = new ServerResizes(parts, Needs, sagas.Register(new ResizeServer(parts, Hypervisor, Boot, layers))),
            Rebuild = sagas.Register(new RebuildServer(parts, Hypervisor, Boot, layers, images, views, Needs)),
            Administration = new ServerAdministration(parts),
            Console = new ServerConsole(parts, Hypervisor),
            SecurityGroups = new ServerSecurityGroups(parts, Boot, networking),
            Diagnostics = new ServerDiagnostics(parts, Boot, Hypervisor),
            Ips = new ServerIps(parts, Boot),
            Metadata = new ServerMetadata(parts),
            Tags = new ServerTags(parts),
            Actions = new InstanceActions(parts),
            Volumes = new VolumeAttachments(parts, volumes,
                sagas.Register(new AttachVolume(parts, Hypervisor, Boot, volumes)),
                sagas.Register(new DetachVolume(parts, Hypervisor, volumes))),
            Interfaces = new ServerInterfaces(parts, Boot, networking,
                sagas.Register(new AttachInterface(parts, Hypervisor, Boot, networking)),
                sagas.Register(new DetachInterface(parts, Hypervisor, networking))),
        };
        new VolumesInGuests(parts, layers, volumes, Hypervisor).Begin();
        Metadata = new MetadataService(networking, Boot, parts.Logging.CreateLogger("metadata"));
        Metadata.Begin();
        Audit = new ServerAudit(parts, Hypervisor);
    }

    public MetadataService Metadata { get; }
    public ServerAudit Audit { get; }
    public IHypervisor Hypervisor { get; }
    public ComputeHosts Hosts { get; }
    public GuestBoot Boot { get; }
    public VmReconciler Reconciler { get; }
    public ServerHandlers Handlers { get; }

    /// <summary>The other resources of Compute, as servers need them.</summary>
    private static readonly ServerNeeds Needs = new()
    {
        FindFlavor = (tx, caller, id) => FlavorStore.Find(tx, caller, id) is not { } f ? null : new ServerFlavor
        {
            Id = f.Id,
            Name = f.Name,
            Vcpus = f.Vcpus,
            RamMib = f.RamMib,
            DiskGib = f.DiskGib,
            EphemeralGib = f.EphemeralGib,
            SwapMib = f.SwapMib,
            ExtraSpecs = new Dictionary<string, string>(f.ExtraSpecs),
        },
        FindKeypair = (tx, userId, name) => KeypairStore.Find(tx, userId, name) is { } k ? new ServerKey(k.Name, k.Type, k.PublicKey) : null,
        RequireQuota = (tx, caller, demand) => ComputeQuotas.Require(tx, caller, demand.Instances, demand.Cores, demand.RamMib),
        JoinGroup = ServerGroupMembers.Join,
        LeaveGroup = ServerGroupMembers.Leave,
        GroupsOf = ServerGroupMembers.Of,
        GroupAllows = ServerGroupMembers.Allows,
        GroupLikes = ServerGroupMembers.Liking,
        ZoneOf = Zones.Of,
        HostIsEnabled = ComputeServices.IsEnabled,
    };
}
