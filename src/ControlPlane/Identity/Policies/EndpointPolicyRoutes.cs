using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Identity.Catalog;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Identity.Policies;

/// <summary>
/// OS-ENDPOINT-POLICY: which stored policy is meant for which endpoint. Said of an endpoint, of a service in a region, or of a service;
/// the narrower holds, and a region has what stands above it. Rule: keystone/endpoint_policy/core.py.
/// </summary>
internal sealed class EndpointPolicyRoutes(IdentityParts parts)
{
    /// <summary>What a policy is given to; what is not named is empty.</summary>
    private sealed record Place(string Endpoint, string Service, string Region);

    public async Task<Reply> Create(ApiRequest request)
    {
        await parts.Changes.Write(tx =>
        {
            var (policy, place) = Need(tx, request);
            // A place has one policy: the last that was given to it.
            Delete(tx, place);
            tx.Execute($"""
                INSERT INTO identity_policy_associations (policy_id, endpoint_id, service_id, region_id)
                VALUES ({policy}, {place.Endpoint}, {place.Service}, {place.Region})
                """);
        });
        return Reply.Empty();
    }

    public Task<Reply> Check(ApiRequest request) => parts.Database.Read(tx =>
    {
        var (policy, place) = Need(tx, request);
        return PolicyOf(tx, place) == policy
            ? Task.FromResult(Reply.Empty())
            : throw Fault.NotFound("Could not find policy association.");
    });

    public async Task<Reply> Delete(ApiRequest request)
    {
        await parts.Changes.Write(tx =>
        {
            var (policy, place) = Need(tx, request);
            if (PolicyOf(tx, place) == policy) Delete(tx, place);
        });
        return Reply.Empty();
    }

    public Task<Reply> OfEndpoint(ApiRequest request)
    {
        var policy = parts.Database.Read(tx =>
        {
            var endpoint = EndpointRoutes.Find(tx, request[0]) ?? throw IdentityFault.NotFound("endpoint", request[0]);
            return PolicyFor(tx, endpoint) is { } id
                ? PolicyRoutes.Need(tx, id)
                : throw Fault.NotFound($"No policy is associated with endpoint {endpoint.Id}.");
        });
        return IdentityJson.One(200, "policy", json => PolicyRoutes.Write(json, request, policy));
    }

    /// <summary>All endpoints that something said of this policy covers, once each.</summary>
    public Task<Reply> Endpoints(ApiRequest request)
    {
        var found = parts.Database.Read(tx =>
        {
            var policy = PolicyRoutes.Need(tx, request[0]).Id;
            var places = tx.Query($"SELECT endpoint_id, service_id, region_id FROM identity_policy_associations WHERE policy_id = {policy}",
                row => new Place(row.Text(), row.Text(), row.Text()));
            var regions = places.Where(p => p.Region.Length > 0).Select(p => p.Region).Distinct()
                .ToDictionary(r => r, r => RegionRoutes.WithBelow(tx, r).ToHashSet(StringComparer.Ordinal), StringComparer.Ordinal);
            return tx.Query(Sql.Raw(EndpointRoutes.Select + " ORDER BY e.id"), EndpointRoutes.Read).FindAll(e => places.Exists(Covers(e)));

            Predicate<Place> Covers(Endpoint endpoint) => place => place switch
            {
                { Endpoint.Length: > 0 } => place.Endpoint == endpoint.Id,
                { Region.Length: > 0 } => place.Service == endpoint.ServiceId && endpoint.RegionId is { } region && regions[place.Region].Contains(region),
                _ => place.Service == endpoint.ServiceId,
            };
        });
        return IdentityJson.List(request, "endpoints", found, (json, e) => EndpointRoutes.Write(json, request, e));
    }

    private static string? PolicyFor(Tx tx, Endpoint endpoint)
    {
        if (PolicyOf(tx, new Place(endpoint.Id, "", "")) is { } own) return own;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var region = endpoint.RegionId; region is not null && seen.Add(region); region = RegionRoutes.Find(tx, region)?.ParentId)
            if (PolicyOf(tx, new Place("", endpoint.ServiceId, region)) is { } there) return there;
        return PolicyOf(tx, new Place("", endpoint.ServiceId, ""));
    }

    private static string? PolicyOf(Tx tx, Place place) => tx.Find($"""
        SELECT policy_id FROM identity_policy_associations
        WHERE endpoint_id = {place.Endpoint} AND service_id = {place.Service} AND region_id = {place.Region}
        """, row => row.Text());

    private static void Delete(Tx tx, Place place) => tx.Execute($"""
        DELETE FROM identity_policy_associations
        WHERE endpoint_id = {place.Endpoint} AND service_id = {place.Service} AND region_id = {place.Region}
        """);

    // The path says which kind it is: policy and endpoint, policy and service, or policy, service and region.
    private static (string Policy, Place Place) Need(Tx tx, ApiRequest request)
    {
        var policy = PolicyRoutes.Need(tx, request[0]).Id;
        if (request.Route.Pattern.EndsWith("{endpoint}", StringComparison.Ordinal))
            return (policy, new Place(EndpointRoutes.Find(tx, request[1])?.Id ?? throw IdentityFault.NotFound("endpoint", request[1]), "", ""));
        var service = ServiceRoutes.Find(tx, request[1])?.Id ?? throw IdentityFault.NotFound("service", request[1]);
        if (!request.Route.Pattern.EndsWith("{region}", StringComparison.Ordinal)) return (policy, new Place("", service, ""));
        return (policy, new Place("", service, RegionRoutes.Find(tx, request[2])?.Id ?? throw IdentityFault.NotFound("region", request[2])));
    }
}
