using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Compute.Keypairs;

/// <summary>How many keys a user may have: Nova counts them for each user, within the cloud's default.</summary>
internal static class KeypairQuota
{
    public const int Default = 100;

    public static void Check(Tx tx, string userId)
    {
        if (KeypairStore.CountOf(tx, userId) >= Default) throw Fault.Forbidden("Quota exceeded, too many key pairs.");
    }
}
