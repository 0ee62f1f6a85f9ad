using Cumulet.ControlPlane.Api;

namespace Cumulet.ControlPlane.Compute.Servers;

/// <summary>
/// /servers/ID/topology (2.78): the NUMA nodes a guest was given. No guest of this cloud is laid out over nodes or pages of a host,
/// and Nova's answer for such a guest is this one.
/// </summary>
internal sealed class ServerTopology(CloudParts parts)
{
    public Task<Reply> Get(ApiRequest request)
    {
        QueryRules.Check(request);
        parts.Database.Read(tx => ServerStore.Get(tx, request.Caller, request[0]));
        return Task.FromResult(Reply.Ok(json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("nodes");
            json.WriteEndArray();
            json.WriteNull("pagesize_kb");
            json.WriteEndObject();
        }));
    }
}
