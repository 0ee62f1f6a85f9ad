using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Networking.Resources;

namespace Cumulet.ControlPlane.Networking.Routers;

internal static class DeleteRouter
{
    public static void Run(Removal<RouterRecord> removal)
    {
        var (tx, router) = (removal.Tx, removal.Current);
        if (RouterStore.Interfaces(tx, router.Id).Count > 0) throw Fault.Conflict($"Router {router.Id} still has ports", "RouterInUse");
        RouterGateway.Clear(tx, router);
        RouterStore.Delete(tx, router.Id);
    }
}
