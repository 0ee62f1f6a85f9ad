using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Compute.Servers;

/// <summary>The actions resize, confirmResize and revertResize.</summary>
internal sealed class ServerResizes(CloudParts parts, ServerNeeds needs, ResizeServer resize, RevertResize revert, ServerReturns returns)
{
    private static readonly Shape Body = Shape.Object(
        Member.Must("flavorRef", Shape.Either(Shape.Text(1, 255), Shape.Integer(0))),
        Member.May("OS-DCF:diskConfig", Shape.OneOf("AUTO", "MANUAL")));

    public async Task<Reply> Resize(ApiRequest request)
    {
        var body = await request.Body("resize", Body);
        var reference = body.GetText("flavorRef")!;
        var flavorId = reference[(reference.LastIndexOf('/') + 1)..];
        await parts.Database.Write(tx =>
        {
            var server = ServerGuard.Launched(ServerGuard.Require(tx, request, request[0], "resize", VmState.Active, VmState.Stopped), "resize");
            ServerRoot.Require(tx, server, "resize");
            var flavor = needs.FindFlavor(tx, request.Caller, flavorId) ?? throw Fault.BadRequest("Unable to locate requested flavor.");
            if (flavor.Id == server.Flavor.Id) throw Fault.BadRequest("When resizing, instances must change flavor!");
            if (!server.BootsFromVolume && flavor.DiskGib == 0 && server.Flavor.DiskGib != 0)
                throw Fault.BadRequest("Resize to zero disk flavor is not allowed.");
            needs.RequireQuota(tx, Owner(request, server), new ServerDemand(
                0, Math.Max(0, flavor.Vcpus - server.Flavor.Vcpus), Math.Max(0, flavor.RamMib - server.Flavor.RamMib)));
            if (body.GetText("OS-DCF:diskConfig") is { } config) tx.Execute($"UPDATE servers SET disk_config = {config} WHERE id = {server.Id}");
            resize.Begin(tx, request, server, TaskState.ResizePrep, "resize", State(request, server, new ServerChange { Flavor = flavor }));
        });
        return Reply.Empty(202);
    }

    /// <summary>Only rows change: what was kept for the way back is let go.</summary>
    public async Task<Reply> Confirm(ApiRequest request)
    {
        await parts.Database.Write(tx =>
        {
            var server = ServerGuard.Require(tx, request, request[0], "confirmResize", VmState.Resized);
            var now = parts.Time.GetUtcNow();
            returns.Forget(tx, server.Id);
            ServerMigrations.Move(tx, server.Id, "finished", "confirmed", now);
            ServerStore.SaveState(tx, server, server with { VmState = server.PowerState == PowerState.Running ? VmState.Active : VmState.Stopped }, now);
            ServerActionStore.Begin(tx, request, server.Id, "confirmResize", "compute_confirm_resize", now);
            ServerActionStore.End(tx, server.Id, request.RequestId, server.Host, null, null, now);
        });
        return Reply.Empty(204);
    }

    public async Task<Reply> Revert(ApiRequest request)
    {
        await parts.Database.Write(tx =>
        {
            var server = ServerGuard.Require(tx, request, request[0], "revertResize", VmState.Resized);
            var kept = ServerReturns.Find(tx, server.Id) ?? throw ServerGuard.Wrong(server, "revertResize", "vm_state", server.VmState);
            // The smaller flavor may be the new one: going back takes quota again.
            needs.RequireQuota(tx, Owner(request, server), new ServerDemand(
                0, Math.Max(0, kept.OldFlavor!.Vcpus - server.Flavor.Vcpus), Math.Max(0, kept.OldFlavor.RamMib - server.Flavor.RamMib)));
            revert.Begin(tx, request, server, TaskState.ResizeReverting, "revertResize", new ServerTaskState
            {
                ServerId = server.Id,
                RequestId = request.RequestId,
                Change = new ServerChange { Flavor = kept.OldFlavor, WasState = kept.OldVmState },
            });
        });
        return Reply.Empty(202);
    }

    // An administrator who resizes somebody's server uses that project's quota.
    private static Caller Owner(ApiRequest request, ServerRecord server) =>
        request.Caller with { ProjectId = server.ProjectId, UserId = server.UserId };

    internal static ServerTaskState State(ApiRequest request, ServerRecord server, ServerChange change) => new()
    {
        ServerId = server.Id,
        RequestId = request.RequestId,
        Change = change with { WasState = server.VmState, WasRunning = server.PowerState is PowerState.Running or PowerState.Paused },
    };
}

/// <summary>The migrations' SQL, as far as servers that move or grow write it.</summary>
internal static class ServerMigrations
{
    public static void Begin(
        Tx tx, ServerRecord server, string userId, ServerFlavor to, string kind, string status, string target, DateTimeOffset now) => tx.Execute($"""
        INSERT INTO server_migrations (id, number, server_id, project_id, user_id, kind, status, source_host, target_host,
            old_flavor, new_flavor, created_at, updated_at)
        VALUES ({Guid.NewGuid().ToString()}, (SELECT COALESCE(MAX(number), 0) + 1 FROM server_migrations), {server.Id}, {server.ProjectId},
            {userId}, {kind}, {status}, {server.Host}, {target}, {server.Flavor.Id}, {to.Id}, {now}, {now})
        """);

    /// <summary>Another target than it began with.</summary>
    public static void LeadsTo(Tx tx, string serverId, string status, string host) =>
        tx.Execute($"UPDATE server_migrations SET target_host = {host} WHERE server_id = {serverId} AND status = {status}");

    public static void Move(Tx tx, string serverId, string from, string to, DateTimeOffset now) =>
        tx.Execute($"UPDATE server_migrations SET status = {to}, updated_at = {now} WHERE server_id = {serverId} AND status = {from}");
}
