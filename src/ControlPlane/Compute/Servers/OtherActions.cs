using Cumulet.ControlPlane.Api;

namespace Cumulet.ControlPlane.Compute.Servers;

/// <summary>Actions that this cloud, as it is set up, only ever refuses or has nothing to do for.</summary>
internal sealed class OtherActions(CloudParts parts)
{
    /// <summary>Deletions are not deferred here, so no server is ever soft-deleted.</summary>
    public Task<Reply> Restore(ApiRequest request) => Require(request, "restore", VmState.SoftDeleted);

    /// <summary>Rule (Nova): accepted, and the libvirt driver does nothing.</summary>
    public Task<Reply> InjectNetworkInfo(ApiRequest request)
    {
        parts.Database.Read(tx => ServerGuard.Unlocked(tx, request, request[0]));
        return Task.FromResult(Reply.Empty(202));
    }

    /// <summary>Rule (Nova): went with the XenAPI driver.</summary>
    public Task<Reply> ResetNetwork(ApiRequest request) =>
        throw new Fault(FaultKind.Gone, "resetNetwork was for a driver that no longer exists; it is gone from the API.");

    private Task<Reply> Require(ApiRequest request, string action, string state)
    {
        var server = parts.Database.Read(tx => ServerGuard.Require(tx, request, request[0], action, state));
        throw Fault.NotImplemented($"'{action}' is not supported by this cloud; instance {server.Id} is unchanged.");
    }
}
