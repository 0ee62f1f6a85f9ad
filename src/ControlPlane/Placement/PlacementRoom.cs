using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Compute.Hosts;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Placement;

/// <summary>
/// Placement: who provides which resources and who has them. The hosts of this cloud and its servers are seen through it; what
/// other programs register stands beside them.
/// </summary>
public sealed class PlacementRoom
{
    private readonly CloudParts _parts;

    internal PlacementRoom(CloudParts parts, ComputeHosts hosts)
    {
        _parts = parts;
        Api = new ServiceApi("placement", "placement", FaultStyle.Placement)
        {
            Microversions = new MicroversionRange("placement", new Microversion(1, 0), new Microversion(1, 39)),
        };
        var desk = new Desk(parts, hosts);
        Api.Routes.Open("GET", "", Home);
        MapNames(Api.Routes, desk);
        MapProviders(Api.Routes, desk);
        MapUse(Api.Routes, desk);
    }

    public ServiceApi Api { get; }

    /// <summary>Makes the hosts of this start known; after Compute registered them.</summary>
    public Task Register() => _parts.Database.Write(tx => PlacementStore.RegisterHosts(tx, _parts.Time.GetUtcNow()));

    private static void MapNames(RouteTable routes, Desk desk)
    {
        var (classes, traits) = (new ResourceClasses(desk), new Traits(desk));
        routes.Get("resource_classes", "placement:resource_classes:list", classes.List).Since(1, 2);
        routes.Post("resource_classes", "placement:resource_classes:create", classes.Create).Since(1, 2);
        routes.Get("resource_classes/{name}", "placement:resource_classes:show", classes.Show).Since(1, 2);
        routes.Put("resource_classes/{name}", "placement:resource_classes:update", classes.Rename).Since(1, 2).Until(1, 6);
        routes.Put("resource_classes/{name}", "placement:resource_classes:update", classes.Ensure).Since(1, 7);
        routes.Delete("resource_classes/{name}", "placement:resource_classes:delete", classes.Delete).Since(1, 2);
        routes.Get("traits", "placement:traits:list", traits.List).Since(1, 6);
        routes.Get("traits/{name}", "placement:traits:show", traits.Show).Since(1, 6);
        routes.Put("traits/{name}", "placement:traits:update", traits.Ensure).Since(1, 6);
        routes.Delete("traits/{name}", "placement:traits:delete", traits.Delete).Since(1, 6);
    }

    private static void MapProviders(RouteTable routes, Desk desk)
    {
        var (providers, inventories, marks) = (new ResourceProviders(desk), new Inventories(desk), new ProviderMarks(desk));
        routes.Get("resource_providers", "placement:resource_providers:list", providers.List);
        routes.Post("resource_providers", "placement:resource_providers:create", providers.Create);
        routes.Get("resource_providers/{uuid}", "placement:resource_providers:show", providers.Show);
        routes.Put("resource_providers/{uuid}", "placement:resource_providers:update", providers.Update);
        routes.Delete("resource_providers/{uuid}", "placement:resource_providers:delete", providers.Delete);
        const string inventory = "placement:resource_providers:inventories:";
        routes.Get("resource_providers/{uuid}/inventories", inventory + "list", inventories.List);
        routes.Post("resource_providers/{uuid}/inventories", inventory + "create", inventories.Create);
        routes.Put("resource_providers/{uuid}/inventories", inventory + "update", inventories.Replace);
        routes.Delete("resource_providers/{uuid}/inventories", inventory + "delete", inventories.DeleteAll).Since(1, 5);
        routes.Get("resource_providers/{uuid}/inventories/{class}", inventory + "show", inventories.Show);
        routes.Put("resource_providers/{uuid}/inventories/{class}", inventory + "update", inventories.Update);
        routes.Delete("resource_providers/{uuid}/inventories/{class}", inventory + "delete", inventories.Delete);
        routes.Get("resource_providers/{uuid}/aggregates", "placement:resource_providers:aggregates:list", marks.Aggregates).Since(1, 1);
        routes.Put("resource_providers/{uuid}/aggregates", "placement:resource_providers:aggregates:update", marks.SetAggregates).Since(1, 1);
        routes.Get("resource_providers/{uuid}/traits", "placement:resource_providers:traits:list", marks.Traits).Since(1, 6);
        routes.Put("resource_providers/{uuid}/traits", "placement:resource_providers:traits:update", marks.SetTraits).Since(1, 6);
        routes.Delete("resource_providers/{uuid}/traits", "placement:resource_providers:traits:delete", marks.DeleteTraits).Since(1, 6);
    }

    private static void MapUse(RouteTable routes, Desk desk)
    {
        var (allocations, usages) = (new Allocations(desk), new Usages(desk));
        routes.Get("resource_providers/{uuid}/allocations", "placement:resource_providers:allocations:list", allocations.OfProvider);
        routes.Get("resource_providers/{uuid}/usages", "placement:resource_providers:usages", usages.OfProvider);
        routes.Get("usages", "placement:usages", usages.OfProject).Since(1, 9).ByTarget();
        routes.Post("allocations", "placement:allocations:manage", allocations.SetMany).Since(1, 13);
        routes.Get("allocations/{consumer}", "placement:allocations:list", allocations.OfConsumer);
        routes.Put("allocations/{consumer}", "placement:allocations:update", allocations.Set);
        routes.Delete("allocations/{consumer}", "placement:allocations:delete", allocations.Delete);
        routes.Get("allocation_candidates", "placement:allocation_candidates:list", new AllocationCandidates(desk).List).Since(1, 10);
        routes.Post("reshaper", "placement:reshaper:reshape", new Reshaper(desk).Handle).Since(1, 30);
    }

    private static Task<Reply> Home(ApiRequest request) => Task.FromResult(Reply.Ok(json =>
    {
        json.WriteStartObject();
        json.WriteStartArray("versions");
        json.WriteStartObject();
        json.WriteString("id", "v1.0");
        json.WriteString("max_version", "1.39");
        json.WriteString("min_version", "1.0");
        json.WriteString("status", "CURRENT");
        json.WriteStartArray("links");
        json.WriteStartObject();
        json.WriteString("rel", "self");
        json.WriteString("href", "");
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    }));
}

/// <summary>What every handler of Placement works with.</summary>
internal sealed class Desk(CloudParts parts, ComputeHosts hosts)
{
    public DateTimeOffset Now => parts.Time.GetUtcNow();

    public Ledger Read() => parts.Database.Read(tx => Ledger.Load(tx, hosts));

    public Ledger Load(Tx tx) => Ledger.Load(tx, hosts);

    public Task<T> Write<T>(Func<Tx, Ledger, T> body) => parts.Database.Write(tx => body(tx, Ledger.Load(tx, hosts)));
}
