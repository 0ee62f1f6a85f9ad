using Cumulet.ControlPlane.Identity.Tokens;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Identity.Catalog;

internal sealed record CatalogEndpoint(string Id, string Interface, string? RegionId, string Url);

internal sealed record CatalogService(string Id, string Type, string Name, IReadOnlyList<CatalogEndpoint> Endpoints);

/// <summary>What a token shows of services and endpoints.</summary>
internal static class CatalogStore
{
    private sealed record Line(string ServiceId, string Type, string Extra, CatalogEndpoint? Endpoint);

    /// <summary>Enabled services with their enabled endpoints; an endpoint whose URL needs a project shows in project tokens only.</summary>
    public static List<CatalogService> For(Tx tx, Token token, string cloudUrl)
    {
        var lines = tx.Query($"""
            SELECT s.id, s.type, s.extra, e.id, e.interface, e.region_id, e.url
            FROM identity_services s LEFT JOIN identity_endpoints e ON e.service_id = s.id AND e.enabled = 1
            WHERE s.enabled = 1 ORDER BY s.type, s.id, e.interface, e.id
            """, row => new Line(row.Text(), row.Text(), row.Text(), row.TextOrNull() is { } id
                ? new CatalogEndpoint(id, row.Text(), row.TextOrNull(), row.Text())
                : null));
        var visible = token.Project is { } project ? EndpointFilterRoutes.Visible(tx, project.Id) : null;
        var catalog = new List<CatalogService>();
        foreach (var service in lines.GroupBy(l => l.ServiceId))
        {
            var first = service.First();
            var endpoints = service.Select(l => l.Endpoint).OfType<CatalogEndpoint>()
                .Where(e => visible is null || visible.Contains(e.Id))
                .Select(e => CatalogUrl.Fill(e.Url, cloudUrl, token) is { } url ? e with { Url = url } : null)
                .OfType<CatalogEndpoint>().ToList();
            if (visible is not null && endpoints.Count == 0) continue;
            catalog.Add(new CatalogService(first.ServiceId, first.Type, ExtraMembers.Text(first.Extra, "name") ?? "", endpoints));
        }
        return catalog;
    }
}
