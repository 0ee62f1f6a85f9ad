using System.Text.Json;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Identity;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Compute.Quotas;

/// <summary>Quota sets of projects and of users in them.</summary>
internal sealed class QuotaSets(Database database, IdentityRoom identity)
{
    private const int WithoutNetworks = 36;

    private static readonly Shape Limit = Shape.Integer(-1, int.MaxValue);

    private static readonly Shape Change = Shape.Object([.. ComputeQuotas.Defaults.Select(d => Versions(d.Resource)),
        Member.May("force", Shape.Flag)]);

    private static Member Versions(string resource) => resource switch
    {
        "fixed_ips" or "floating_ips" or "security_groups" or "security_group_rules" => Member.May(resource, Limit).Until(2, 35),
        "injected_files" or "injected_file_content_bytes" or "injected_file_path_bytes" => Member.May(resource, Limit).Until(2, 56),
        _ => Member.May(resource, Limit),
    };

    public static void Map(RouteTable routes, Database database, IdentityRoom identity)
    {
        var quotas = new QuotaSets(database, identity);
        const string policy = "os_compute_api:os-quota-sets:";
        routes.Get("v2.1/os-quota-sets/{project}", policy + "show", quotas.Show).ByTarget();
        routes.Get("v2.1/os-quota-sets/{project}/detail", policy + "detail", quotas.Detail).ByTarget();
        routes.Get("v2.1/os-quota-sets/{project}/defaults", policy + "defaults", quotas.OfTheCloud).ByTarget();
        routes.Put("v2.1/os-quota-sets/{project}", policy + "update", quotas.Update).ByTarget();
        routes.Delete("v2.1/os-quota-sets/{project}", policy + "delete", quotas.Delete).ByTarget();
    }

    private Task<Reply> Show(ApiRequest request)
    {
        var user = Begin(request);
        return Task.FromResult(database.Read(tx =>
        {
            RequireProject(tx, request);
            return Limits(request, Of(tx, request[0], user), withId: true);
        }));
    }

    private Task<Reply> Detail(ApiRequest request)
    {
        var user = Begin(request);
        var (limits, used) = database.Read(tx =>
        {
            RequireProject(tx, request);
            return (Of(tx, request[0], user), ComputeQuotas.Used(tx, request[0], user));
        });
        return Task.FromResult(Reply.Ok(json =>
        {
            json.WriteStartObject();
            json.WriteStartObject("quota_set");
            json.WriteString("id", request[0]);
            foreach (var resource in ComputeQuotas.KnownAt(request.Version, WithoutNetworks))
            {
                json.WriteStartObject(resource);
                json.WriteNumber("limit", limits[resource]);
                json.WriteNumber("in_use", used[resource]);
                json.WriteNumber("reserved", 0);
                json.WriteEndObject();
            }
            json.WriteEndObject();
            json.WriteEndObject();
        }));
    }

    private Task<Reply> OfTheCloud(ApiRequest request)
    {
        request.Authorize(PolicyTarget.OwnedBy(request[0]));
        return Task.FromResult(database.Read(tx =>
        {
            RequireProject(tx, request);
            return Limits(request, ComputeQuotas.OfClass(tx, "default"), withId: true);
        }));
    }

    private async Task<Reply> Update(ApiRequest request)
    {
        var user = Begin(request);
        var body = await request.Body("quota_set", Change);
        var force = body.GetFlag("force") ?? false;
        return await database.Write(tx =>
        {
            RequireProject(tx, request);
            var used = ComputeQuotas.Used(tx, request[0], user);
            var most = ComputeQuotas.OfProject(tx, request[0]);
            foreach (var member in body.EnumerateObject())
            {
                if (member.Name == "force" || body.GetLong(member.Name) is not { } limit) continue;
                if (!force) RequireReasonable(member.Name, limit, used[member.Name], user is null ? -1 : most[member.Name]);
                ComputeQuotas.Set(tx, request[0], user ?? "", member.Name, limit);
            }
            return Limits(request, Of(tx, request[0], user), withId: false);
        });
    }

    private async Task<Reply> Delete(ApiRequest request)
    {
        var user = Begin(request);
        await database.Write(tx => user is null
            ? tx.Execute($"DELETE FROM compute_quotas WHERE project_id = {request[0]}")
            : tx.Execute($"DELETE FROM compute_quotas WHERE project_id = {request[0]} AND user_id = {user}"));
        return Reply.Empty(202);
    }

    // -1 stands above every number.
    private static void RequireReasonable(string resource, long limit, long least, long most)
    {
        if (limit >= 0 && limit < least)
            throw Fault.BadRequest($"Quota limit {limit} for {resource} must be greater than or equal to already used and reserved {least}.");
        if (most >= 0 && (limit < 0 || limit > most))
            throw Fault.BadRequest($"Quota limit {limit} for {resource} must be less than or equal to {most}.");
    }

    private static string? Begin(ApiRequest request)
    {
        request.Authorize(PolicyTarget.OwnedBy(request[0]));
        QueryRules.Check(request, "user_id");
        return request.Query["user_id"].ToString() is { Length: > 0 } user ? user : null;
    }

    private static Dictionary<string, long> Of(Tx tx, string project, string? user) =>
        user is null ? ComputeQuotas.OfProject(tx, project) : ComputeQuotas.OfUser(tx, project, user);

    private void RequireProject(Tx tx, ApiRequest request)
    {
        if (!identity.ProjectExists(tx, request[0]))
            throw Fault.BadRequest($"Project ID {request[0].Truncated()} is not a valid project.");
    }

    private static Reply Limits(ApiRequest request, Dictionary<string, long> limits, bool withId) => Reply.Ok(json =>
    {
        json.WriteStartObject();
        json.WriteStartObject("quota_set");
        if (withId) json.WriteString("id", request[0]);
        WriteLimits(json, limits, ComputeQuotas.KnownAt(request.Version, WithoutNetworks));
        json.WriteEndObject();
        json.WriteEndObject();
    });

    internal static void WriteLimits(Utf8JsonWriter json, Dictionary<string, long> limits, IEnumerable<string> resources)
    {
        foreach (var resource in resources) json.WriteNumber(resource, limits[resource]);
    }
}
