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
        var power = new GuestPower(parts, Hypervisor, Boot, networking);
        var returns = new ServerReturns(layers, images);
        var moves = new HostChange(parts, Hosts, Needs, power);
        var resize = sagas.Register(new ResizeServer(parts, Hosts, moves, power, returns, layers));
        var create = sagas.Register(new CreateServer(parts, Hosts, Needs, Boot, Hypervisor, layers, images, volumes, networking));
        Actions = new ServerActions
        {
            Resize = new ServerResizes(parts, Needs, resize, sagas.Register(new RevertResize(parts, moves, power, returns, layers)), returns),
            Rebuild = new ServerRebuilds(parts, Needs, views, images, volumes, sagas.Register(new RebuildServer(parts, power, layers, images, volumes))),
            Rescue = new ServerRescues(parts, images, layers,
                sagas.Register(new RescueServer(parts, power, layers, images)), sagas.Register(new UnrescueServer(parts, power, layers))),
            Shelve = new ServerShelves(parts, images,
                sagas.Register(new ShelveServer(parts, power, returns, layers, images)),
                sagas.Register(new UnshelveServer(parts, Hosts, Needs, power, returns, layers, images))),
            Backup = sagas.Register(new CreateBackup(parts, Hypervisor, layers, images)),
            Migrate = new MigrateServer(parts, Hosts, moves, resize,
                sagas.Register(new LiveMigrateServer(parts, Hypervisor, moves)), sagas.Register(new EvacuateServer(parts, Hypervisor, power, moves))),
            Suspension = new ServerSuspensions(parts,
                sagas.Register(new SuspendServer(parts, Hypervisor, Boot, power)), sagas.Register(new ResumeServer(parts, Hypervisor, Boot, power))),
            Other = new OtherActions(parts),
        };
        Handlers = new ServerHandlers
        {
            List = new ListServers(parts, views, networking),
            Accept = new ServerAcceptance(parts, Needs, images, volumes, networking, create) { Hosts = Hosts.Names },
            Show = new ShowServer(parts, views),
            Delete = sagas.Register(new DeleteServer(parts, Needs, Hypervisor, layers, volumes, networking, returns)),
            Power = new ServerPowerActions(parts,
                sagas.Register(new StartServer(parts, Boot, networking)),
                sagas.Register(new StopServer(parts, Hypervisor, Boot, networking)),
                sagas.Register(new RebootServer(parts, Hypervisor, Boot, networking)),
                sagas.Register(new PauseServer(parts, Hypervisor)),
                sagas.Register(new TriggerCrashDump(parts, Hypervisor))),
            CreateImage = sagas.Register(new Servers.CreateImage(parts, Hypervisor, layers, images, volumes)),
            Administration = new ServerAdministration(parts),
            Password = new ServerPassword(parts),
            Console = new ServerConsole(parts, Hypervisor),
            SecurityGroups = new ServerSecurityGroups(parts, Boot, networking),
            Diagnostics = new ServerDiagnostics(parts, Boot, Hypervisor),
            Topology = new ServerTopology(parts),
            Ips = new ServerIps(parts, Boot),
            FixedIps = new ServerFixedIps(parts, Boot, networking),
            Metadata = new ServerMetadata(parts),
            Tags = new ServerTags(parts),
            Actions = new InstanceActions(parts),
            Volumes = new VolumeAttachments(parts, volumes,
                sagas.Register(new AttachVolume(parts, Hypervisor, Boot, volumes)),
                sagas.Register(new DetachVolume(parts, Hypervisor, Boot, volumes)),
                sagas.Register(new SwapVolume(parts, layers, volumes))),
            Interfaces = new ServerInterfaces(parts, Boot, networking,
                sagas.Register(new AttachInterface(parts, Hypervisor, Boot, networking)),
                sagas.Register(new DetachInterface(parts, Hypervisor, Boot, networking))),
        };
        new VolumesInGuests(parts, layers, volumes, Hypervisor).Begin();
        Metadata = new MetadataService(parts, networking, Boot);
        Metadata.Begin();
        Audit = new ServerAudit(parts, Hypervisor, volumes);
    }

    public MetadataService Metadata { get; }
    public ServerAudit Audit { get; }
    public ServerActions Actions { get; }
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
