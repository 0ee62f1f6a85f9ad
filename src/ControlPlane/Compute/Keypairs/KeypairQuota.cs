using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Compute.Quotas;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Compute.Keypairs;

/// <summary>How many keys a user may have: counted for the user, the limit is that of the caller's project.</summary>
internal static class KeypairQuota
{
    public static void Check(Tx tx, Caller caller, string userId)
    {
        var limit = ComputeQuotas.LimitOf(tx, caller.ProjectId, userId, "key_pairs");
        if (limit >= 0 && KeypairStore.CountOf(tx, userId) >= limit) throw Fault.Forbidden("Quota exceeded, too many key pairs.");
    }
}
