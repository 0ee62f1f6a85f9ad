using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Networking.Resources;
using Cumulet.ControlPlane.Networking.Routers;
using Cumulet.ControlPlane.Store;
using Attribute = Cumulet.ControlPlane.Networking.Resources.Attribute;

namespace Cumulet.ControlPlane.Networking.Flavors;

internal sealed record FlavorRecord(string Id, string Name, string Description, string ServiceType, bool Enabled)
{
    public IReadOnlyList<string> ProfileIds { get; init; } = [];
}

/// <summary>Kinds of service that administrators offer by name; a router can be asked for in one.</summary>
internal static class FlavorResource
{
    public const string Routers = "L3_ROUTER_NAT";
    // Names of Neutron's service plugins (neutron_lib/plugins/constants.py), those whose services are served here.
    private static readonly string[] Services = ["CORE", Routers, "FLAVORS", "QOS", "PORTFORWARDING"];

    public static Fault NotFound(string id) => Fault.NotFound($"Flavor {id} could not be found.", "FlavorNotFound");

    public static readonly Resource<FlavorRecord> Declared = new()
    {
        Name = "flavor",
        Collection = "flavors",
        Attributes =
        [
            Attribute.ReadOnly("id"),
            new Attribute("name", Checks.Text()).Or("\"\""),
            new Attribute("description", Checks.Text(1024)).Or("\"\""),
            new Attribute("service_type", Checks.OneOf(Services)).Fixed().Must(),
            new Attribute("enabled", Checks.Flag).Or("true"),
            new Attribute("service_profiles", Checks.List(Checks.Uuid)) { OnCreate = false, OnUpdate = false },
        ],
        List = new ListQuery
        {
            Select = "SELECT v.id, v.name, v.description, v.service_type, v.enabled FROM network_flavors v",
            From = "network_flavors v",
            Id = "v.id",
            Filters = new Dictionary<string, Filter>
            {
                ["id"] = new Filter.Exact("v.id"),
                ["name"] = new Filter.Exact("v.name"),
                ["description"] = new Filter.Exact("v.description"),
                ["service_type"] = new Filter.Exact("v.service_type"),
                ["enabled"] = new Filter.Flag("v.enabled"),
            },
            SortKeys = new Dictionary<string, string> { ["id"] = "v.id", ["name"] = "v.name", ["service_type"] = "v.service_type", ["enabled"] = "v.enabled" },
            MaxLimit = 0,
            ReversePages = true,
        },
        Visible = _ => Sql.Raw("1 = 1"),
        Read = row => new FlavorRecord(row.Text(), row.Text(), row.Text(), row.Text(), row.Flag()),
        Complete = (tx, _, flavors) =>
        {
            var profiles = tx.Query($"SELECT flavor_id, profile_id FROM network_flavor_profiles WHERE flavor_id IN {flavors.Select(f => f.Id).ToList()} ORDER BY profile_id",
                row => (Flavor: row.Text(), Profile: row.Text())).ToLookup(p => p.Flavor, p => p.Profile);
            return [.. flavors.Select(f => f with { ProfileIds = [.. profiles[f.Id]] })];
        },
        Id = f => f.Id,
        Target = _ => new PolicyTarget(),
        Write = (shown, f) => shown.Text("id", f.Id).Text("name", f.Name).Text("description", f.Description).Text("service_type", f.ServiceType)
            .Flag("enabled", f.Enabled).Texts("service_profiles", f.ProfileIds),
        NotFound = NotFound,
    };

    public static FlavorRecord Create(Creation creation)
    {
        var flavor = new FlavorRecord(creation.NewId, creation.Text("name"), creation.Text("description"), creation.Text("service_type"), creation.Flag("enabled", true));
        creation.Tx.Execute(
            $"INSERT INTO network_flavors (id, name, description, service_type, enabled) VALUES ({flavor.Id}, {flavor.Name}, {flavor.Description}, {flavor.ServiceType}, {flavor.Enabled})");
        return flavor;
    }

    public static FlavorRecord Update(Change<FlavorRecord> change)
    {
        var current = change.Current;
        change.Tx.Execute(
            $"UPDATE network_flavors SET name = {change.Text("name", current.Name)}, description = {change.Text("description", current.Description)}, enabled = {change.Flag("enabled", current.Enabled)} WHERE id = {current.Id}");
        return current;
    }

    public static void Delete(Removal<FlavorRecord> removal)
    {
        var (tx, id) = (removal.Tx, removal.Current.Id);
        if (tx.Exists($"SELECT 1 FROM routers WHERE flavor_id = {id}"))
            throw Fault.Conflict($"Flavor {id} is used by some service instance.", "FlavorInUse");
        tx.Execute($"DELETE FROM network_flavor_profiles WHERE flavor_id = {id}");
        tx.Execute($"DELETE FROM network_flavors WHERE id = {id}");
    }

    /// <summary>The flavor that a new router is asked for in, and the kind of router that its profile says, if it says one.</summary>
    public static (string? Id, RouterProvider? Provider) OfNewRouter(Creation creation)
    {
        if (creation.Body.GetText("flavor_id") is not { } id) return (null, null);
        var flavor = Declared.Find(creation.Tx, creation.Caller, id) ?? throw NotFound(id);
        if (!flavor.Enabled) throw Fault.Unavailable("Flavor is not enabled.", "FlavorDisabled");
        if (flavor.ProfileIds.Count == 0) throw Fault.NotFound($"No service profile is associated with flavor {id}.", "FlavorServiceProfileBindingNotFound");
        var driver = creation.Tx.Find(
            $"SELECT p.driver FROM network_service_profiles p JOIN network_flavor_profiles f ON f.profile_id = p.id WHERE f.flavor_id = {id} AND p.enabled = 1 ORDER BY p.id",
            row => row.Text());
        return (flavor.Id, driver is null ? null : RouterProvider.ByDriver(driver));
    }
}
