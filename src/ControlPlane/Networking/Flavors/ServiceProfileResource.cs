using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Networking.Resources;
using Cumulet.ControlPlane.Networking.Routers;
using Cumulet.ControlPlane.Store;
using Attribute = Cumulet.ControlPlane.Networking.Resources.Attribute;

namespace Cumulet.ControlPlane.Networking.Flavors;

internal sealed record ServiceProfileRecord(string Id, string Description, string Driver, string Metainfo, bool Enabled);

/// <summary>What is behind a flavor: a kind of router, with notes for operators.</summary>
internal static class ServiceProfileResource
{
    public static Fault NotFound(string id) => Fault.NotFound($"Service Profile {id} could not be found.", "ServiceProfileNotFound");

    public static readonly Resource<ServiceProfileRecord> Declared = new()
    {
        Name = "service_profile",
        Collection = "service_profiles",
        Attributes =
        [
            Attribute.ReadOnly("id"),
            new Attribute("description", Checks.Text(1024)).Or("\"\""),
            new Attribute("driver", Checks.Text(1024)).Or("\"\""),
            new Attribute("metainfo", Checks.Text(4096)).Or("\"\""),
            new Attribute("enabled", Checks.Flag).Or("true"),
        ],
        List = new ListQuery
        {
            Select = "SELECT s.id, s.description, s.driver, s.metainfo, s.enabled FROM network_service_profiles s",
            From = "network_service_profiles s",
            Id = "s.id",
            Filters = new Dictionary<string, Filter>
            {
                ["id"] = new Filter.Exact("s.id"),
                ["description"] = new Filter.Exact("s.description"),
                ["driver"] = new Filter.Exact("s.driver"),
                ["metainfo"] = new Filter.Exact("s.metainfo"),
                ["enabled"] = new Filter.Flag("s.enabled"),
            },
            SortKeys = new Dictionary<string, string> { ["id"] = "s.id", ["driver"] = "s.driver", ["enabled"] = "s.enabled" },
            MaxLimit = 0,
            ReversePages = true,
        },
        Visible = _ => Sql.Raw("1 = 1"),
        Read = row => new ServiceProfileRecord(row.Text(), row.Text(), row.Text(), row.Text(), row.Flag()),
        Complete = (_, _, profiles) => profiles,
        Id = p => p.Id,
        Target = _ => new PolicyTarget(),
        Write = (shown, p) => shown.Text("id", p.Id).Text("description", p.Description).Text("driver", p.Driver).Text("metainfo", p.Metainfo).Flag("enabled", p.Enabled),
        NotFound = NotFound,
    };

    public static ServiceProfileRecord Create(Creation creation)
    {
        var profile = new ServiceProfileRecord(
            creation.NewId, creation.Text("description"), creation.Text("driver"), creation.Text("metainfo"), creation.Flag("enabled", true));
        Check(profile);
        creation.Tx.Execute(
            $"INSERT INTO network_service_profiles (id, description, driver, metainfo, enabled) VALUES ({profile.Id}, {profile.Description}, {profile.Driver}, {profile.Metainfo}, {profile.Enabled})");
        return profile;
    }

    public static ServiceProfileRecord Update(Change<ServiceProfileRecord> change)
    {
        var current = change.Current;
        RefuseWhileUsed(change.Tx, current.Id);
        var profile = current with
        {
            Description = change.Text("description", current.Description),
            Driver = change.Text("driver", current.Driver),
            Metainfo = change.Text("metainfo", current.Metainfo),
            Enabled = change.Flag("enabled", current.Enabled),
        };
        Check(profile);
        change.Tx.Execute(
            $"UPDATE network_service_profiles SET description = {profile.Description}, driver = {profile.Driver}, metainfo = {profile.Metainfo}, enabled = {profile.Enabled} WHERE id = {profile.Id}");
        return profile;
    }

    public static void Delete(Removal<ServiceProfileRecord> removal)
    {
        RefuseWhileUsed(removal.Tx, removal.Current.Id);
        removal.Tx.Execute($"DELETE FROM network_service_profiles WHERE id = {removal.Current.Id}");
    }

    private static void Check(ServiceProfileRecord profile)
    {
        if (profile.Driver.Length > 0 && RouterProvider.ByDriver(profile.Driver) is null)
            throw Fault.NotFound($"Service Profile driver {profile.Driver.Truncated()} could not be found; there are {string.Join(", ", RouterProvider.All.Select(p => p.Driver))}.",
                "ServiceProfileDriverNotFound");
        if (profile.Driver.Length == 0 && profile.Metainfo.Length == 0)
            throw NetworkFault.InvalidInput("Service Profile needs either a driver or metainfo");
    }

    private static void RefuseWhileUsed(Tx tx, string id)
    {
        if (tx.Exists($"SELECT 1 FROM network_flavor_profiles WHERE profile_id = {id}"))
            throw Fault.Conflict($"Service Profile {id} is used by some service instance.", "ServiceProfileInUse");
    }
}
