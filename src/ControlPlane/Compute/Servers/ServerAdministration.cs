using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Compute.Servers;

/// <summary>Actions that only change the row: lock, unlock, os-resetState; and what guests here have no agent for.</summary>
internal sealed class ServerAdministration(CloudParts parts)
{
    private static readonly Shape Lock73 = Shape.OrNull(Shape.Object(Member.Must("locked_reason", Shape.Text(1, 255))));
    private static readonly Shape State = Shape.Object(Member.Must("state", Shape.OneOf("active", "error")));

    public async Task<Reply> Lock(ApiRequest request)
    {
        var body = (await request.Body()).GetProperty("lock");
        if (request.At(2, 73)) Lock73.Check(body, "lock", request.Version);
        var reason = request.At(2, 73) ? body.GetText("locked_reason") : null;
        await parts.Database.Write(tx =>
        {
            var server = ServerStore.Get(tx, request.Caller, request[0]);
            // Who locked first decides who may unlock; an administrator's lock is above the owner's.
            var by = request.Caller.IsAdmin && request.Caller.ProjectId != server.ProjectId ? "admin" : "owner";
            if (server.Locked && server.LockedBy == "admin" && by == "owner" && !request.Caller.IsAdmin)
                throw Fault.Conflict($"Instance {server.Id} is locked");
            Set(tx, server.Id, true, by, reason);
            ServerActionStore.Begin(tx, request, server.Id, "lock", null, parts.Time.GetUtcNow());
        });
        return Reply.Empty(202);
    }

    public async Task<Reply> Unlock(ApiRequest request)
    {
        await parts.Database.Write(tx =>
        {
            var server = ServerStore.Get(tx, request.Caller, request[0]);
            if (server.LockedBy == "admin")
                request.Authorize("os_compute_api:os-lock-server:unlock:unlock_override", PolicyTarget.OwnedBy(server.ProjectId, server.UserId));
            Set(tx, server.Id, false, null, null);
            ServerActionStore.Begin(tx, request, server.Id, "unlock", null, parts.Time.GetUtcNow());
        });
        return Reply.Empty(202);
    }

    private void Set(Tx tx, string id, bool locked, string? by, string? reason) => tx.Execute($"""
        UPDATE servers SET locked = {locked}, locked_by = {by}, locked_reason = {reason}, updated_at = {parts.Time.GetUtcNow()} WHERE id = {id}
        """);

    public async Task<Reply> ResetState(ApiRequest request)
    {
        var state = (await request.Body("os-resetState", State)).GetText("state");
        await parts.Database.Write(tx =>
        {
            var server = ServerStore.Get(tx, request.Caller, request[0]);
            ServerStore.SaveState(tx, server, server with { VmState = state == "active" ? VmState.Active : VmState.Error, TaskState = null }, parts.Time.GetUtcNow());
        });
        return Reply.Empty(202);
    }

    public async Task<Reply> ChangePassword(ApiRequest request)
    {
        await request.Body("changePassword", Shape.Object(Member.Must("adminPass", Shape.Text())));
        parts.Database.Read(tx => ServerGuard.Unlocked(tx, request, request[0]));
        throw Fault.Conflict($"Failed to set admin password on {request[0]}: no agent in the guest can change it. Log in with a key pair and change it there.");
    }
}
