using Cumulet.Cli.Compute.Aggregates;
using Cumulet.Cli.Compute.Attach;
using Cumulet.Cli.Compute.Consoles;
using Cumulet.Cli.Compute.Events;
using Cumulet.Cli.Compute.Flavors;
using Cumulet.Cli.Compute.Hosts;
using Cumulet.Cli.Compute.Hypervisors;
using Cumulet.Cli.Compute.Keypairs;
using Cumulet.Cli.Compute.Migrations;
using Cumulet.Cli.Compute.ServerGroups;
using Cumulet.Cli.Compute.Servers;
using Cumulet.Cli.Compute.Services;
using Cumulet.Cli.Compute.Usages;

namespace Cumulet.Cli.Commands;

static partial class CommandTable
{
    private static readonly CommandEntry[] Compute =
    [
        new("aggregate add host", syntax => new AggregateAddHost(syntax)),
        new("aggregate cache image", syntax => new AggregateCacheImage(syntax)),
        new("aggregate create", syntax => new AggregateCreate(syntax)),
        new("aggregate delete", syntax => new AggregateDelete(syntax)),
        new("aggregate list", syntax => new AggregateList(syntax)),
        new("aggregate remove host", syntax => new AggregateRemoveHost(syntax)),
        new("aggregate set", syntax => new AggregateSet(syntax)),
        new("aggregate show", syntax => new AggregateShow(syntax)),
        new("aggregate unset", syntax => new AggregateUnset(syntax)),
        new("compute service delete", syntax => new ComputeServiceDelete(syntax)),
        new("compute service list", syntax => new ComputeServiceList(syntax)),
        new("compute service set", syntax => new ComputeServiceSet(syntax)),
        new("console log show", syntax => new ConsoleLogShow(syntax)),
        new("console url show", syntax => new ConsoleUrlShow(syntax)),
        new("flavor create", syntax => new FlavorCreate(syntax)),
        new("flavor delete", syntax => new FlavorDelete(syntax)),
        new("flavor list", syntax => new FlavorList(syntax)),
        new("flavor set", syntax => new FlavorSet(syntax)),
        new("flavor show", syntax => new FlavorShow(syntax)),
        new("flavor unset", syntax => new FlavorUnset(syntax)),
        new("host list", syntax => new HostList(syntax)),
        new("host set", syntax => new HostSet(syntax)),
        new("host show", syntax => new HostShow(syntax)),
        new("hypervisor list", syntax => new HypervisorList(syntax)),
        new("hypervisor show", syntax => new HypervisorShow(syntax)),
        new("hypervisor stats show", syntax => new HypervisorStatsShow(syntax)),
        new("keypair create", syntax => new KeypairCreate(syntax)),
        new("keypair delete", syntax => new KeypairDelete(syntax)),
        new("keypair list", syntax => new KeypairList(syntax)),
        new("keypair show", syntax => new KeypairShow(syntax)),
        new("server add fixed ip", syntax => new ServerAddFixedIp(syntax)),
        new("server add floating ip", syntax => new ServerAddFloatingIp(syntax)),
        new("server add network", syntax => new ServerAddNetwork(syntax)),
        new("server add port", syntax => new ServerAddPort(syntax)),
        new("server add security group", syntax => new ServerAddSecurityGroup(syntax)),
        new("server add volume", syntax => new ServerAddVolume(syntax)),
        new("server backup create", syntax => new ServerBackupCreate(syntax)),
        new("server create", syntax => new ServerCreate(syntax)),
        new("server delete", syntax => new ServerDelete(syntax)),
        new("server dump create", syntax => new ServerDumpCreate(syntax)),
        new("server evacuate", syntax => new ServerEvacuate(syntax)),
        new("server event list", syntax => new ServerEventList(syntax)),
        new("server event show", syntax => new ServerEventShow(syntax)),
        new("server group create", syntax => new ServerGroupCreate(syntax)),
        new("server group delete", syntax => new ServerGroupDelete(syntax)),
        new("server group list", syntax => new ServerGroupList(syntax)),
        new("server group show", syntax => new ServerGroupShow(syntax)),
        new("server image create", syntax => new ServerImageCreate(syntax)),
        new("server list", syntax => new ServerList(syntax)),
        new("server lock", syntax => new ServerLock(syntax)),
        new("server migrate", syntax => new ServerMigrate(syntax)),
        new("server migrate confirm", syntax => new ServerMigrationConfirm(syntax, "server migration confirm")),
        new("server migrate revert", syntax => new ServerMigrationRevert(syntax, "server migration revert")),
        new("server migration abort", syntax => new MigrationAbort(syntax)),
        new("server migration confirm", syntax => new ServerMigrationConfirm(syntax)),
        new("server migration force complete", syntax => new MigrationForceComplete(syntax)),
        new("server migration list", syntax => new MigrationList(syntax)),
        new("server migration revert", syntax => new ServerMigrationRevert(syntax)),
        new("server migration show", syntax => new MigrationShow(syntax)),
        new("server pause", syntax => new ServerPause(syntax)),
        new("server reboot", syntax => new ServerReboot(syntax)),
        new("server rebuild", syntax => new ServerRebuild(syntax)),
        new("server remove fixed ip", syntax => new ServerRemoveFixedIp(syntax)),
        new("server remove floating ip", syntax => new ServerRemoveFloatingIp(syntax)),
        new("server remove network", syntax => new ServerRemoveNetwork(syntax)),
        new("server remove port", syntax => new ServerRemovePort(syntax)),
        new("server remove security group", syntax => new ServerRemoveSecurityGroup(syntax)),
        new("server remove volume", syntax => new ServerRemoveVolume(syntax)),
        new("server rescue", syntax => new ServerRescue(syntax)),
        new("server resize", syntax => new ServerResize(syntax)),
        new("server resize confirm", syntax => new ServerResizeConfirm(syntax)),
        new("server resize revert", syntax => new ServerResizeRevert(syntax)),
        new("server restore", syntax => new ServerRestore(syntax)),
        new("server resume", syntax => new ServerResume(syntax)),
        new("server set", syntax => new ServerSet(syntax)),
        new("server shelve", syntax => new ServerShelve(syntax)),
        new("server show", syntax => new ServerShow(syntax)),
        new("server ssh", syntax => new ServerSsh(syntax)),
        new("server start", syntax => new ServerStart(syntax)),
        new("server stop", syntax => new ServerStop(syntax)),
        new("server suspend", syntax => new ServerSuspend(syntax)),
        new("server unlock", syntax => new ServerUnlock(syntax)),
        new("server unpause", syntax => new ServerUnpause(syntax)),
        new("server unrescue", syntax => new ServerUnrescue(syntax)),
        new("server unset", syntax => new ServerUnset(syntax)),
        new("server unshelve", syntax => new ServerUnshelve(syntax)),
        new("server volume list", syntax => new ServerVolumeList(syntax)),
        new("server volume update", syntax => new ServerVolumeUpdate(syntax)),
        new("usage list", syntax => new UsageList(syntax)),
        new("usage show", syntax => new UsageShow(syntax)),
    ];
}
