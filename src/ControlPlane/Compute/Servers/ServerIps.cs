using Cumulet.ControlPlane.Api;

namespace Cumulet.ControlPlane.Compute.Servers;

/// <summary>/servers/ID/ips: addresses without the extended members.</summary>
internal sealed class ServerIps(CloudParts parts, GuestBoot boot)
{
    public Task<Reply> List(ApiRequest request)
    {
        var ports = parts.Database.Read(tx => boot.PortsOf(tx, ServerStore.Get(tx, request.Caller, request[0]).Id));
        return Task.FromResult(Reply.Ok(json =>
        {
            json.WriteStartObject();
            json.WritePropertyName("addresses");
            ServerAddressesJson.Write(json, ports, extended: false);
            json.WriteEndObject();
        }));
    }

    public Task<Reply> Show(ApiRequest request)
    {
        var ports = parts.Database.Read(tx => boot.PortsOf(tx, ServerStore.Get(tx, request.Caller, request[0]).Id))
            .Where(p => p.NetworkName == request[1]).ToList();
        if (ports.Count == 0) throw Fault.NotFound("Instance is not a member of specified network");
        return Task.FromResult(Reply.Ok(json =>
        {
            json.WriteStartObject();
            json.WritePropertyName(request[1]);
            ServerAddressesJson.WriteNetwork(json, ports, extended: false);
            json.WriteEndObject();
        }));
    }
}
