using System.Text.Json;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Networking.Resources;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Networking.Quotas;

/// <summary>What projects may have: shown, set, and set back to the defaults.</summary>
internal sealed class QuotaVerbs(Database database)
{
    /// <summary>Projects with limits of their own.</summary>
    public Task<Reply> List(ApiRequest request)
    {
        var rows = database.Read(tx => tx.Query($"SELECT project_id, resource, hard_limit FROM network_quotas ORDER BY project_id",
            row => (Project: row.Text(), Resource: row.Text(), Limit: row.Int()))).GroupBy(r => r.Project).ToList();
        return Task.FromResult(Reply.Ok(json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("quotas");
            foreach (var project in rows)
            {
                json.WriteStartObject();
                var own = project.ToDictionary(r => r.Resource, r => r.Limit);
                foreach (var (resource, limit) in QuotaStore.Defaults) json.WriteNumber(resource, own.GetValueOrDefault(resource, limit));
                json.WriteString("project_id", project.Key);
                json.WriteString("tenant_id", project.Key);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }));
    }

    /// <summary>The caller's own project, by the name clients of old ask for it.</summary>
    public static Task<Reply> Tenant(ApiRequest request) => Task.FromResult(Reply.Ok(json =>
    {
        json.WriteStartObject();
        json.WriteStartObject("tenant");
        json.WriteString("tenant_id", request.ProjectId);
        json.WriteString("project_id", request.ProjectId);
        json.WriteEndObject();
        json.WriteEndObject();
    }));

    public Task<Reply> Show(ApiRequest request) => Answer(request, request[0]);

    public Task<Reply> Defaults(ApiRequest request)
    {
        request.Authorize(PolicyTarget.OwnedBy(request[0]));
        return Task.FromResult(Write((json, resource, limit) => json.WriteNumber(resource, limit), QuotaStore.Defaults));
    }

    public Task<Reply> Details(ApiRequest request)
    {
        request.Authorize(PolicyTarget.OwnedBy(request[0]));
        var (limits, used) = database.Read(tx => (Limits(tx, request[0]),
            QuotaStore.Defaults.Keys.ToDictionary(r => r, r => QuotaStore.Used(tx, request[0], r))));
        return Task.FromResult(Write((json, resource, limit) =>
        {
            json.WriteStartObject(resource);
            json.WriteNumber("limit", limit);
            json.WriteNumber("used", used[resource]);
            json.WriteNumber("reserved", 0);
            json.WriteEndObject();
        }, limits));
    }

    public async Task<Reply> Update(ApiRequest request)
    {
        request.Authorize(PolicyTarget.OwnedBy(request[0]));
        if ((await request.Body()).Get("quota") is not { ValueKind: JsonValueKind.Object } body)
            throw NetworkFault.BadRequest("Unable to find 'quota' in request body");
        var limits = new List<(string Resource, int Limit)>();
        foreach (var property in body.EnumerateObject())
        {
            if (property.Name is "tenant_id" or "project_id" && Checks.ProjectId(property.Value) is { } wrong) throw NetworkFault.Invalid(property.Name, wrong);
            if (property.Name is "tenant_id" or "project_id" or "force" or "check_limit") continue;
            if (!QuotaStore.Defaults.ContainsKey(property.Name)) throw NetworkFault.BadRequest($"Unrecognized attribute(s) '{property.Name.Truncated()}'");
            if (Checks.Integer(-1, int.MaxValue)(property.Value) is { } reason) throw NetworkFault.Invalid(property.Name, reason);
            limits.Add((property.Name, body.GetInt(property.Name)!.Value));
        }
        var checks = body.GetFlag("check_limit") is true;
        await database.Write(tx =>
        {
            foreach (var (resource, limit) in limits)
            {
                if (checks && limit >= 0 && QuotaStore.Used(tx, request[0], resource) is var used && used > limit)
                    throw NetworkFault.BadRequest($"Quota limit {limit} for {resource} must be greater than or equal to already used and reserved {used}.");
                tx.Execute($"DELETE FROM network_quotas WHERE project_id = {request[0]} AND resource = {resource}");
                tx.Execute($"INSERT INTO network_quotas (project_id, resource, hard_limit) VALUES ({request[0]}, {resource}, {limit})");
            }
        });
        return await Answer(request, request[0]);
    }

    public async Task<Reply> Delete(ApiRequest request)
    {
        request.Authorize(PolicyTarget.OwnedBy(request[0]));
        var gone = await database.Write(tx => tx.Execute($"DELETE FROM network_quotas WHERE project_id = {request[0]}"));
        return gone > 0
            ? Reply.Empty()
            : throw Fault.NotFound($"Quota for tenant {request[0]} could not be found.", "TenantQuotaNotFound");
    }

    private Task<Reply> Answer(ApiRequest request, string project)
    {
        request.Authorize(PolicyTarget.OwnedBy(project));
        var limits = database.Read(tx => Limits(tx, project));
        return Task.FromResult(Write((json, resource, limit) => json.WriteNumber(resource, limit), limits));
    }

    private static Dictionary<string, int> Limits(Tx tx, string project) =>
        QuotaStore.Defaults.Keys.ToDictionary(r => r, r => QuotaStore.Limit(tx, project, r));

    private static Reply Write(Action<Utf8JsonWriter, string, int> write, IReadOnlyDictionary<string, int> limits) => Reply.Ok(json =>
    {
        json.WriteStartObject();
        json.WriteStartObject("quota");
        foreach (var (resource, limit) in limits) write(json, resource, limit);
        json.WriteEndObject();
        json.WriteEndObject();
    });
}
