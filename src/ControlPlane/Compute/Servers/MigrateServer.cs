using System.Security.Cryptography;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Compute.Hosts;
using Cumulet.ControlPlane.Compute.Services;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Compute.Servers;

/// <summary>
/// migrate, os-migrateLive, evacuate: between the hosts that the fake hypervisor shows. A real one has one host, and the
/// answers are those of Nova with one host. Rule: nova/api/openstack/compute/migrate_server.py, evacuate.py.
/// </summary>
internal sealed class MigrateServer(
    CloudParts parts, ComputeHosts hosts, HostChange moves, ResizeServer cold, LiveMigrateServer live, EvacuateServer evacuate)
{
    private const string NoHost = "No valid host was found. There are not enough hosts available.";

    private static readonly Shape Cold56 = Shape.OrNull(Shape.Object(Member.May("host", Shape.OrNull(ComputeShapes.HostName)).Since(2, 56)));

    private static readonly Shape LiveShape = Shape.Object(
        Member.Must("host", Shape.OrNull(ComputeShapes.HostName)),
        Member.Must("block_migration", Shape.Flag).Until(2, 24),
        Member.Must("block_migration", Shape.Either(Shape.OneOf("auto"), Shape.Flag)).Since(2, 25),
        Member.Must("disk_over_commit", Shape.Flag).Until(2, 24),
        Member.May("force", Shape.Flag).Since(2, 30).Until(2, 67));

    private static readonly Shape EvacuateShape = Shape.Object(
        Member.May("host", ComputeShapes.HostName),
        Member.Must("onSharedStorage", Shape.Flag).Until(2, 13),
        Member.May("adminPass", Shape.Text()),
        Member.May("force", Shape.Flag).Since(2, 29).Until(2, 67));

    public async Task<Reply> Cold(ApiRequest request)
    {
        var body = await request.Body("migrate", Shape.Any);
        if (request.At(2, 56)) Cold56.Check(body, "migrate", request.Version);
        var host = request.At(2, 56) ? body.GetText("host") : null;
        if (host is not null) Ask(request, "os_compute_api:os-migrate-server:migrate:host");
        await parts.Database.Write(tx =>
        {
            var server = ServerGuard.Require(tx, request, request[0], "migrate", VmState.Active, VmState.Stopped);
            Known(host, server);
            if (Target(tx, server, host) is not { } target) throw Fault.BadRequest(NoHost);
            cold.Begin(tx, request, server, TaskState.ResizePrep, "migrate",
                ServerResizes.State(request, server, new ServerChange { Flavor = server.Flavor, OldHost = server.Host, Host = target }));
        });
        return Reply.Empty(202);
    }

    /// <summary>Up to 2.33 the scheduler is asked while the caller waits; from 2.34 its answer is in the instance action.</summary>
    public async Task<Reply> Live(ApiRequest request)
    {
        var body = await request.Body("os-migrateLive", LiveShape);
        var host = body.GetText("host");
        if (host is not null) Ask(request, "os_compute_api:os-migrate-server:migrate_live:host");
        await parts.Database.Write(tx =>
        {
            var server = ServerGuard.Require(tx, request, request[0], "os-migrateLive", VmState.Active, VmState.Paused);
            Known(host, server);
            var now = parts.Time.GetUtcNow();
            if (Target(tx, server, host) is { } target)
            {
                ServerMigrations.Begin(tx, server, request.Caller.UserId, server.Flavor, "live-migration", "running", target, now);
                live.Begin(tx, request, server, "migrating", "live-migration",
                    ServerResizes.State(request, server, new ServerChange { OldHost = server.Host, Host = target }));
                return;
            }
            if (!request.At(2, 34)) throw Fault.BadRequest(NoHost);
            ServerActionStore.Begin(tx, request, server.Id, "live-migration", "conductor_live_migrate_instance", now);
            ServerActionStore.End(tx, server.Id, request.RequestId, server.Host, "Error", NoHost, now);
        });
        return Reply.Empty(202);
    }

    public async Task<Reply> Evacuate(ApiRequest request)
    {
        var body = await request.Body("evacuate", EvacuateShape);
        var host = body.GetText("host");
        await parts.Database.Write(tx =>
        {
            var server = ServerGuard.Require(tx, request, request[0], "evacuate", VmState.Active, VmState.Stopped, VmState.Error);
            Known(host, server);
            if (server.Host is not { } lost || ServiceStore.Find(tx, lost, ServiceRecord.Compute) is not { ForcedDown: true })
                throw Fault.BadRequest($"Compute service of {server.Host} is still in use.");
            // Asked here where Nova asks later: what cannot be done is said at once.
            if (Target(tx, server, host) is not { } target) throw Fault.BadRequest(NoHost);
            var state = ServerResizes.State(request, server, new ServerChange { OldHost = lost, Host = host });
            // Rule (Nova): from 2.95 it is left stopped on its new host.
            if (request.At(2, 95)) state = state with { Change = state.Change! with { WasRunning = false } };
            ServerMigrations.Begin(tx, server, request.Caller.UserId, server.Flavor, "evacuation", "accepted", target, parts.Time.GetUtcNow());
            evacuate.Begin(tx, request, server, TaskState.Rebuilding, "evacuate", state);
        });
        if (request.At(2, 14)) return Reply.Empty(200);
        var password = body.GetText("adminPass") ?? RandomNumberGenerator.GetString("23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz", 12);
        return Reply.Ok(json =>
        {
            json.WriteStartObject();
            json.WriteString("adminPass", password);
            json.WriteEndObject();
        });
    }

    private string? Target(Tx tx, ServerRecord server, string? host)
    {
        if (hosts.Names.Count == 1) return null;
        try
        {
            return moves.Choose(tx, server, server.Flavor, host);
        }
        catch (Fault none) when (none.Kind == FaultKind.ServerError)
        {
            return null;
        }
    }

    private void Known(string? host, ServerRecord server)
    {
        if (host is null) return;
        if (!hosts.Names.Contains(host)) throw Fault.BadRequest($"Compute host {host} could not be found.");
        if (host == server.Host) throw Fault.BadRequest($"Unable to migrate instance ({server.Id}) to current host ({host}).");
    }

    private static void Ask(ApiRequest request, string policy) =>
        request.Authorize(policy, PolicyTarget.OwnedBy(request.Caller.ProjectId, request.Caller.UserId));
}
