using System.Text.Json;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Compute.Quotas;

namespace Cumulet.ControlPlane.Compute.ServerGroups;

/// <summary>
/// Server groups over HTTP: a list with one policy and always empty metadata up to 2.63, policy with rules since 2.64; the
/// owner is shown since 2.13.
/// </summary>
internal sealed class ServerGroupRoutes(CloudParts parts)
{
    private static readonly Shape Rules = Shape.Object(Member.May("max_server_per_host", Shape.Integer(1, int.MaxValue)));

    private static readonly Shape New = Shape.Object(
        Member.Must("name", ComputeShapes.Name),
        Member.Must("policies", Shape.List(Shape.OneOf("anti-affinity", "affinity"), 1, 1, unique: true)).Until(2, 14),
        Member.Must("policies", Shape.List(Shape.OneOf("anti-affinity", "affinity", "soft-anti-affinity", "soft-affinity"), 1, 1, unique: true))
            .Since(2, 15).Until(2, 63),
        Member.Must("policy", Shape.OneOf("anti-affinity", "affinity", "soft-anti-affinity", "soft-affinity")).Since(2, 64),
        Member.May("rules", Rules).Since(2, 64));

    public static void Map(RouteTable routes, CloudParts parts)
    {
        var groups = new ServerGroupRoutes(parts);
        const string policy = "os_compute_api:os-server-groups:";
        routes.Get("v2.1/os-server-groups", policy + "index", groups.List);
        routes.Post("v2.1/os-server-groups", policy + "create", groups.Create);
        routes.Get("v2.1/os-server-groups/{id}", policy + "show", groups.Show).ByTarget();
        routes.Delete("v2.1/os-server-groups/{id}", policy + "delete", groups.Delete).ByTarget();
    }

    private Task<Reply> List(ApiRequest request)
    {
        QueryRules.Check(request, "all_projects", "limit", "offset");
        // A caller who may not see all gets its own, as in Nova.
        var all = request.Query.ContainsKey("all_projects") && request.Caller.IsAdmin;
        if (all) request.Authorize("os_compute_api:os-server-groups:index:all_projects", PolicyTarget.OwnedBy(request.Caller.ProjectId));
        var groups = parts.Database.Read(tx => ServerGroupStore.All(tx, all ? null : request.ProjectId));
        var page = ShortList.Slice(request, groups);
        return Task.FromResult(Reply.Ok(json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("server_groups");
            foreach (var group in page) Write(json, request, group);
            json.WriteEndArray();
            json.WriteEndObject();
        }));
    }

    private Task<Reply> Show(ApiRequest request)
    {
        var group = parts.Database.Read(tx => ServerGroupStore.Get(tx, request[0]));
        request.Authorize(PolicyTarget.OwnedBy(group.ProjectId));
        return Task.FromResult(One(request, group));
    }

    private async Task<Reply> Create(ApiRequest request)
    {
        var body = await request.Body("server_group", New);
        var policy = body.GetText("policy") ?? body.GetItems("policies").First().GetString()!;
        var rules = body.Get("rules");
        if (policy != "anti-affinity" && rules?.GetPropertyCount() > 0)
            throw Fault.BadRequest("Only anti-affinity policy supports rules.");
        var group = new ServerGroupRecord(Guid.NewGuid().ToString(), request.ProjectId, request.Caller.UserId,
            body.GetText("name")!.Trim(), policy, rules?.GetLong("max_server_per_host"));
        await parts.Database.Write(tx =>
        {
            var limit = ComputeQuotas.LimitOf(tx, group.ProjectId, group.UserId, "server_groups");
            if (limit >= 0 && ServerGroupStore.CountOf(tx, group.ProjectId) >= limit)
                throw Fault.Forbidden("Quota exceeded, too many server groups.");
            ServerGroupStore.Insert(tx, group, parts.Time.GetUtcNow());
        });
        return One(request, group);
    }

    private async Task<Reply> Delete(ApiRequest request)
    {
        await parts.Database.Write(tx =>
        {
            var group = ServerGroupStore.Get(tx, request[0]);
            request.Authorize(PolicyTarget.OwnedBy(group.ProjectId));
            ServerGroupStore.Delete(tx, group.Id);
        });
        return Reply.Empty();
    }

    private static Reply One(ApiRequest request, ServerGroupRecord group) => Reply.Ok(json =>
    {
        json.WriteStartObject();
        json.WritePropertyName("server_group");
        Write(json, request, group);
        json.WriteEndObject();
    });

    private static void Write(Utf8JsonWriter json, ApiRequest request, ServerGroupRecord group)
    {
        json.WriteStartObject();
        json.WriteString("id", group.Id);
        json.WriteString("name", group.Name);
        if (request.At(2, 64))
        {
            json.WriteString("policy", group.Policy);
            json.WriteStartObject("rules");
            if (group.MaxServerPerHost is { } most) json.WriteNumber("max_server_per_host", most);
            json.WriteEndObject();
        }
        else
        {
            json.WriteStartArray("policies");
            json.WriteStringValue(group.Policy);
            json.WriteEndArray();
            json.WriteStartObject("metadata");
            json.WriteEndObject();
        }
        json.WriteStartArray("members");
        foreach (var member in group.Members) json.WriteStringValue(member);
        json.WriteEndArray();
        if (request.At(2, 13))
        {
            json.WriteString("project_id", group.ProjectId);
            json.WriteString("user_id", group.UserId);
        }
        json.WriteEndObject();
    }
}
