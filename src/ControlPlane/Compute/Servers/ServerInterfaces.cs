using System.Text.Json;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Networking;
using Cumulet.ControlPlane.Networking.Servers;
using Cumulet.ControlPlane.Sagas;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Compute.Servers;

/// <summary>/servers/ID/os-interface.</summary>
internal sealed class ServerInterfaces(CloudParts parts, GuestBoot boot, NetworkingRoom networking, AttachInterface attach, DetachInterface detach)
{
    private static readonly Shape New = Shape.Object(
        Member.May("net_id", Shape.Uuid),
        Member.May("port_id", Shape.Uuid),
        Member.May("fixed_ips", Shape.List(Shape.Object(Member.Must("ip_address", Shape.Text(1, 45))), 1, 1)),
        Member.May("tag", Shape.Text(1, 60, "^[^,/]*$")).Since(2, 49));

    public Task<Reply> List(ApiRequest request)
    {
        var ports = parts.Database.Read(tx => boot.PortsOf(tx, ServerStore.Get(tx, request.Caller, request[0]).Id));
        return Task.FromResult(Reply.Ok(json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("interfaceAttachments");
            foreach (var port in ports) Write(json, request, port);
            json.WriteEndArray();
            json.WriteEndObject();
        }));
    }

    public Task<Reply> Show(ApiRequest request) =>
        Task.FromResult(Answer(request, parts.Database.Read(tx => Get(tx, request, ServerStore.Get(tx, request.Caller, request[0])))));

    private ServerPort Get(Tx tx, ApiRequest request, ServerRecord server) =>
        boot.PortsOf(tx, server.Id).Find(p => p.Id == request[1])
        ?? throw Fault.NotFound($"Instance {server.Id} does not have a port with id {request[1].Truncated()}");

    public async Task<Reply> Create(ApiRequest request)
    {
        var wanted = await request.Body("interfaceAttachment", New);
        var (net, port) = (wanted.GetText("net_id"), wanted.GetText("port_id"));
        if (net is not null && port is not null) throw Fault.BadRequest("Must not input both network_id and port_id");
        var ip = wanted.GetItems("fixed_ips").Select(f => f.GetText("ip_address")).FirstOrDefault();
        if (ip is not null && net is null) throw Fault.BadRequest("Must input network_id when request IP address");
        var (portId, saga) = await parts.Database.Write(tx => Begin(tx, request, net, port, ip, wanted.GetText("tag")));
        try
        {
            await parts.Sagas.WhenDone(saga).WaitAsync(request.Cancel);
        }
        catch (SagaFailedException failure)
        {
            throw new Fault(FaultKind.ServerError, $"Failed to attach network adapter device to {request[0]}: {failure.Message}", inner: failure);
        }
        return Answer(request, parts.Database.Read(tx => boot.PortsOf(tx, request[0]).First(p => p.Id == portId)));
    }

    private (string PortId, string Saga) Begin(Tx tx, ApiRequest request, string? net, string? port, string? ip, string? tag)
    {
        var server = ServerGuard.Require(tx, request, request[0], "attach_interface", VmState.Active, VmState.Paused, VmState.Stopped);
        var choice = new NicChoice(networking);
        var nic = port is not null || net is not null
            ? choice.This(tx, request.Caller, new WantedNetwork(net, port, ip, tag))
            : choice.TheOne(tx, request.Caller)
                ?? throw Fault.BadRequest($"No specific network was requested and none are available for project '{request.Caller.ProjectId}'.");
        if (nic.NetworkId is null) networking.AdoptPort(tx, request.Caller, nic.PortId, server.Id, server.Zone ?? "", server.HostName, tag);
        else
            networking.CreatePort(tx, request.Caller, new NewServerPort
            {
                PortId = nic.PortId,
                ServerId = server.Id,
                NetworkId = nic.NetworkId,
                FixedIp = ip,
                AvailabilityZone = server.Zone ?? "",
                HostName = server.HostName,
                Tag = tag,
            });
        networking.BindPort(tx, nic.PortId, server.Host ?? "");
        ServerStore.AddNic(tx, server.Id, nic.PortId);
        var saga = attach.Begin(tx, request, server, null, "attach_interface",
            new ServerTaskState { ServerId = server.Id, RequestId = request.RequestId, Subject = nic.PortId });
        return (nic.PortId, saga);
    }

    public async Task<Reply> Delete(ApiRequest request)
    {
        await parts.Database.Write(tx =>
        {
            var server = ServerGuard.Require(tx, request, request[0], "detach_interface", VmState.Active, VmState.Paused, VmState.Stopped);
            var port = Get(tx, request, server);
            detach.Begin(tx, request, server, null, "detach_interface",
                new ServerTaskState { ServerId = server.Id, RequestId = request.RequestId, Subject = port.Id });
        });
        return Reply.Empty(202);
    }

    private static Reply Answer(ApiRequest request, ServerPort port) => Reply.Ok(json =>
    {
        json.WriteStartObject();
        json.WritePropertyName("interfaceAttachment");
        Write(json, request, port);
        json.WriteEndObject();
    });

    private static void Write(Utf8JsonWriter json, ApiRequest request, ServerPort port)
    {
        json.WriteStartObject();
        json.WriteString("net_id", port.NetworkId);
        json.WriteString("port_id", port.Id);
        json.WriteString("mac_addr", port.Mac);
        json.WriteString("port_state", port.Status);
        json.WriteStartArray("fixed_ips");
        foreach (var address in port.FixedIps)
        {
            json.WriteStartObject();
            json.WriteString("subnet_id", address.Subnet.Id);
            json.WriteString("ip_address", address.Address);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        if (request.At(2, 70)) json.WriteString("tag", port.Tag);
        json.WriteEndObject();
    }
}
