using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Networking;

namespace Cumulet.ControlPlane.Compute.Servers;

/// <summary>addFixedIp and removeFixedIp, until 2.43: one more address, or one less, on a port the server has.</summary>
internal sealed class ServerFixedIps(CloudParts parts, GuestBoot boot, NetworkingRoom networking)
{
    private static readonly Shape OnNetwork = Shape.Object(Member.Must("networkId", Shape.Text(1, 255)));
    private static readonly Shape Address = Shape.Object(Member.Must("address", Shape.Text(1, 45)));

    public async Task<Reply> Add(ApiRequest request)
    {
        var network = (await request.Body("addFixedIp", OnNetwork)).GetText("networkId")!;
        await parts.Database.Write(tx =>
        {
            var server = ServerGuard.Unlocked(tx, request, request[0]);
            var port = boot.PortsOf(tx, server.Id).Find(p => p.NetworkId == network)
                ?? throw Fault.BadRequest($"Instance {server.Id} has no port on network {network.Truncated()}.");
            networking.AddFixedIp(tx, port.Id);
        });
        return Reply.Empty(202);
    }

    public async Task<Reply> Remove(ApiRequest request)
    {
        var address = (await request.Body("removeFixedIp", Address)).GetText("address")!;
        await parts.Database.Write(tx =>
        {
            var server = ServerGuard.Unlocked(tx, request, request[0]);
            var port = boot.PortsOf(tx, server.Id).Find(p => p.FixedIps.Any(f => f.Address == address))
                ?? throw Fault.BadRequest($"Fixed IP not found for instance {server.Id}: {address}");
            networking.RemoveFixedIp(tx, port.Id, address);
        });
        return Reply.Empty(202);
    }
}
