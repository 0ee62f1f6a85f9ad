using System.Text.Json;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Identity.Roles;

/// <summary>/v3/roles/{prior}/implies and /v3/role_inferences: who has one role has the other too.</summary>
internal sealed class InferenceRoutes(IdentityParts parts)
{
    /// <summary>Nobody becomes an administrator by the way, Keystone's prohibited_implied_role.</summary>
    private const string NeverImplied = "admin";

    private void WriteInference(Utf8JsonWriter json, ApiRequest request, Role prior, IReadOnlyList<Role> implied)
    {
        json.WriteStartObject("prior_role");
        RoleJson.WriteBrief(json, request, prior);
        json.WriteEndObject();
        json.WriteStartArray("implies");
        foreach (var role in implied)
        {
            json.WriteStartObject();
            RoleJson.WriteBrief(json, request, role);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    public Task<Reply> ListAll(ApiRequest request)
    {
        var (implications, roles) = parts.Database.Read(tx => (RoleStore.Implications(tx),
            tx.Query(Sql.Raw(RoleStore.Select), RoleStore.Read).ToDictionary(r => r.Id)));
        return Task.FromResult(Reply.Ok(json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("role_inferences");
            foreach (var group in implications.OrderBy(g => roles[g.Key].Name, StringComparer.Ordinal))
            {
                json.WriteStartObject();
                WriteInference(json, request, roles[group.Key], [.. group.Select(id => roles[id]).OrderBy(r => r.Name, StringComparer.Ordinal)]);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            IdentityJson.WriteListLinks(json, request, null);
            json.WriteEndObject();
        }));
    }

    public Task<Reply> List(ApiRequest request)
    {
        var (prior, implied) = parts.Database.Read(tx =>
        {
            var role = Need(tx, request[0]);
            return (role, RoleStore.Find(tx, [.. RoleStore.Implications(tx)[role.Id]]));
        });
        return Task.FromResult(Reply.Ok(json =>
        {
            json.WriteStartObject();
            json.WriteStartObject("role_inference");
            WriteInference(json, request, prior, implied);
            json.WriteEndObject();
            json.WriteStartObject("links");
            json.WriteString("self", request.SelfUrl);
            json.WriteEndObject();
            json.WriteEndObject();
        }));
    }

    public Task<Reply> Show(ApiRequest request)
    {
        var (prior, implied) = Pair(request);
        return Task.FromResult(Answer(200, request, prior, implied));
    }

    private (Role, Role) Pair(ApiRequest request) => parts.Database.Read(tx =>
    {
        var (prior, implied) = (Need(tx, request[0]), Need(tx, request[1]));
        if (!RoleStore.Implications(tx)[prior.Id].Contains(implied.Id))
            throw Fault.NotFound($"{prior.Id} does not imply {implied.Id}.");
        return (prior, implied);
    });

    private static Reply Answer(int status, ApiRequest request, Role prior, Role implied) => Reply.Json(status, json =>
    {
        json.WriteStartObject();
        json.WriteStartObject("role_inference");
        json.WriteStartObject("prior_role");
        RoleJson.WriteBrief(json, request, prior);
        json.WriteEndObject();
        json.WriteStartObject("implies");
        RoleJson.WriteBrief(json, request, implied);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteStartObject("links");
        json.WriteString("self", request.SelfUrl);
        json.WriteEndObject();
        json.WriteEndObject();
    });

    private static Role Need(Tx tx, string id) => RoleStore.Find(tx, id) ?? throw IdentityFault.NotFound("role", id);

    public Task<Reply> Check(ApiRequest request)
    {
        Pair(request);
        return Task.FromResult(Reply.Empty());
    }

    public async Task<Reply> Create(ApiRequest request)
    {
        var (prior, implied) = await parts.Changes.Write(tx =>
        {
            var (from, to) = (Need(tx, request[0]), Need(tx, request[1]));
            if (to.Name == NeverImplied) throw Fault.Forbidden($"{to.Id} cannot be an implied roles.");
            // What everybody may be given must not lead into a domain.
            if (to.DomainId is not null && from.DomainId is null)
                throw Fault.Forbidden($"the role {to.Id} belongs to a domain and cannot be implied by a role of the whole cloud.");
            if (!RoleStore.Implications(tx)[from.Id].Contains(to.Id)) RoleStore.Imply(tx, from.Id, to.Id);
            return (from, to);
        });
        return Answer(201, request, prior, implied);
    }

    public async Task<Reply> Delete(ApiRequest request)
    {
        await parts.Changes.Write(tx =>
        {
            var gone = tx.Execute($"DELETE FROM identity_implied_roles WHERE prior_id = {request[0]} AND implied_id = {request[1]}");
            if (gone == 0) throw Fault.NotFound($"{request[0].Truncated()} does not imply {request[1].Truncated()}.");
        });
        return Reply.Empty();
    }
}
