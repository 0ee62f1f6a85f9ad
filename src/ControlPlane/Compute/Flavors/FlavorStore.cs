using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Compute.Flavors;

/// <summary>Rows of flavors, their extra specs, and the projects that may use the private ones.</summary>
internal static class FlavorStore
{
    public const string Columns =
        "f.id, f.name, f.ram_mib, f.vcpus, f.disk_gib, f.ephemeral_gib, f.swap_mib, f.rxtx_factor, f.is_public, f.disabled, f.description";

    public static FlavorRecord Read(Row row) => new()
    {
        Id = row.Text(),
        Name = row.Text(),
        RamMib = row.Long(),
        Vcpus = row.Int(),
        DiskGib = row.Long(),
        EphemeralGib = row.Long(),
        SwapMib = row.Long(),
        RxtxFactor = row.Double(),
        IsPublic = row.Flag(),
        Disabled = row.Flag(),
        Description = row.TextOrNull(),
    };

    /// <summary>What this caller may see: public ones and those its project was given; an administrator sees all.</summary>
    public static Sql Visible(Caller caller) => caller.IsAdmin ? Sql.Raw("1 = 1") : PublicOrGranted(caller.ProjectId);

    public static Sql PublicOrGranted(string? projectId) => new Sql().Add(
        $"f.is_public = 1 OR EXISTS (SELECT 1 FROM flavor_access a WHERE a.flavor_id = f.id AND a.project_id = {projectId})");

    public static FlavorRecord? Find(Tx tx, Caller caller, string id)
    {
        var flavor = tx.Find(new Sql().Add(Sql.Raw($"SELECT {Columns} FROM flavors f WHERE f.id = "))
            .Add($"{id} AND ({Visible(caller)})"), Read);
        return flavor is null ? null : flavor with { ExtraSpecs = ExtraSpecsOf(tx, [id]).GetValueOrDefault(id, []) };
    }

    public static FlavorRecord Get(Tx tx, Caller caller, string id) => Find(tx, caller, id)
        ?? throw Fault.NotFound($"Flavor {id.Truncated()} could not be found.");

    public static Dictionary<string, Dictionary<string, string>> ExtraSpecsOf(Tx tx, IReadOnlyCollection<string> flavorIds)
    {
        var all = new Dictionary<string, Dictionary<string, string>>(StringComparer.Ordinal);
        foreach (var (id, name, value) in tx.Query(
            $"SELECT flavor_id, name, value FROM flavor_extra_specs WHERE flavor_id IN {flavorIds} ORDER BY name",
            row => (row.Text(), row.Text(), row.Text())))
        {
            if (!all.TryGetValue(id, out var specs)) all[id] = specs = new(StringComparer.Ordinal);
            specs[name] = value;
        }
        return all;
    }

    public static void Insert(Tx tx, FlavorRecord flavor, DateTimeOffset now)
    {
        if (tx.Exists($"SELECT 1 FROM flavors WHERE id = {flavor.Id}"))
            throw Fault.Conflict($"Flavor with ID {flavor.Id} already exists.");
        if (tx.Exists($"SELECT 1 FROM flavors WHERE name = {flavor.Name}"))
            throw Fault.Conflict($"Flavor with name {flavor.Name} already exists.");
        tx.Execute($"""
            INSERT INTO flavors (id, number, name, ram_mib, vcpus, disk_gib, ephemeral_gib, swap_mib, rxtx_factor, is_public,
                disabled, description, created_at)
            VALUES ({flavor.Id}, (SELECT COALESCE(MAX(number), 0) + 1 FROM flavors), {flavor.Name}, {flavor.RamMib}, {flavor.Vcpus},
                {flavor.DiskGib}, {flavor.EphemeralGib}, {flavor.SwapMib}, {flavor.RxtxFactor}, {flavor.IsPublic},
                {flavor.Disabled}, {flavor.Description}, {now})
            """);
        SetExtraSpecs(tx, flavor.Id, flavor.ExtraSpecs);
    }

    public static void SetExtraSpecs(Tx tx, string flavorId, IReadOnlyDictionary<string, string> specs)
    {
        foreach (var (name, value) in specs)
            tx.Execute($"""
                INSERT INTO flavor_extra_specs (flavor_id, name, value) VALUES ({flavorId}, {name}, {value})
                ON CONFLICT (flavor_id, name) DO UPDATE SET value = excluded.value
                """);
    }

    public static void Delete(Tx tx, string id)
    {
        tx.Execute($"DELETE FROM flavor_extra_specs WHERE flavor_id = {id}");
        tx.Execute($"DELETE FROM flavor_access WHERE flavor_id = {id}");
        tx.Execute($"DELETE FROM flavors WHERE id = {id}");
    }

    public static List<string> AccessOf(Tx tx, string flavorId) => tx.Query(
        $"SELECT project_id FROM flavor_access WHERE flavor_id = {flavorId} ORDER BY project_id", row => row.Text());
}
