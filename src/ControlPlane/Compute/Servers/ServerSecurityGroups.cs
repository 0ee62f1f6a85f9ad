using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Networking;

namespace Cumulet.ControlPlane.Compute.Servers;

/// <summary>addSecurityGroup, removeSecurityGroup, and the groups of a server.</summary>
internal sealed class ServerSecurityGroups(CloudParts parts, GuestBoot boot, NetworkingRoom networking)
{
    private static readonly Shape Named = Shape.Object(Member.Must("name", Shape.Text(1, 255)));

    public Task<Reply> Add(ApiRequest request) => Change(request, "addSecurityGroup", add: true);

    public Task<Reply> Remove(ApiRequest request) => Change(request, "removeSecurityGroup", add: false);

    private async Task<Reply> Change(ApiRequest request, string action, bool add)
    {
        var name = (await request.Body(action, Named)).GetText("name")!;
        await parts.Database.Write(tx =>
        {
            var server = ServerGuard.Unlocked(tx, request, request[0]);
            if (boot.PortsOf(tx, server.Id).Count == 0)
                throw Fault.BadRequest($"Network requires a subnet and port security enabled to associate security groups: server {server.Id} has no port.");
            networking.ChangeSecurityGroup(tx, request.Caller, server.Id, name, add);
        });
        return Reply.Empty(202);
    }

    public Task<Reply> List(ApiRequest request)
    {
        var (server, ports) = parts.Database.Read(tx =>
        {
            var found = ServerStore.Get(tx, request.Caller, request[0]);
            return (found, boot.PortsOf(tx, found.Id));
        });
        return Task.FromResult(Reply.Ok(json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("security_groups");
            foreach (var group in ports.SelectMany(p => p.SecurityGroups).DistinctBy(g => g.Id))
            {
                json.WriteStartObject();
                json.WriteString("id", group.Id);
                json.WriteString("name", group.Name);
                json.WriteString("description", "");
                json.WriteString("tenant_id", server.ProjectId);
                json.WriteStartArray("rules");
                json.WriteEndArray();
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }));
    }
}
