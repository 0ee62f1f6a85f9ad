using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Compute.Flavors;

/// <summary>Flavors read: briefly, in detail, one.</summary>
internal sealed class ListFlavors(Database database)
{
    private static readonly string[] Sortable =
    [
        "created_at", "description", "disabled", "ephemeral_gb", "flavorid", "id", "is_public", "memory_mb", "name", "root_gb",
        "rxtx_factor", "swap", "updated_at", "vcpu_weight", "vcpus",
    ];

    private static readonly Dictionary<string, string> SortColumns = new(StringComparer.Ordinal)
    {
        ["created_at"] = "f.created_at",
        ["description"] = "COALESCE(f.description, '')",
        ["disabled"] = "f.disabled",
        ["ephemeral_gb"] = "f.ephemeral_gib",
        ["flavorid"] = "f.id",
        ["id"] = "f.number",
        ["is_public"] = "f.is_public",
        ["memory_mb"] = "f.ram_mib",
        ["name"] = "f.name",
        ["root_gb"] = "f.disk_gib",
        ["rxtx_factor"] = "f.rxtx_factor",
        ["swap"] = "f.swap_mib",
        ["updated_at"] = "COALESCE(f.updated_at, 0)",
        // Nova keeps the column and never fills it: all are alike, the id decides.
        ["vcpu_weight"] = "f.id",
        ["vcpus"] = "f.vcpus",
    };

    public Task<Reply> Brief(ApiRequest request)
    {
        var page = database.Read(tx => Page(tx, request));
        return Task.FromResult(Reply.Ok(json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("flavors");
            foreach (var flavor in page.Items) FlavorJson.WriteBrief(json, request, flavor);
            json.WriteEndArray();
            PageLinks.WriteNext(json, "flavors", request, page.HasMore ? page.Items[^1].Id : null);
            json.WriteEndObject();
        }));
    }

    public Task<Reply> Detail(ApiRequest request)
    {
        var withExtraSpecs = FlavorJson.ShowsExtraSpecs(request);
        var page = database.Read(tx =>
        {
            var found = Page(tx, request);
            if (!withExtraSpecs) return found;
            var specs = FlavorStore.ExtraSpecsOf(tx, [.. found.Items.Select(f => f.Id)]);
            return found with { Items = [.. found.Items.Select(f => f with { ExtraSpecs = specs.GetValueOrDefault(f.Id, []) })] };
        });
        return Task.FromResult(Reply.Ok(json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("flavors");
            foreach (var flavor in page.Items) FlavorJson.Write(json, request, flavor, withExtraSpecs);
            json.WriteEndArray();
            PageLinks.WriteNext(json, "flavors", request, page.HasMore ? page.Items[^1].Id : null);
            json.WriteEndObject();
        }));
    }

    public Task<Reply> Show(ApiRequest request) => Task.FromResult(
        FlavorJson.One(request, database.Read(tx => FlavorStore.Get(tx, request.Caller, request[0]))));

    private static Page<FlavorRecord> Page(Tx tx, ApiRequest request)
    {
        QueryRules.Check(request, "limit", "marker", "is_public", "minRam", "minDisk", "sort_key", "sort_dir");
        QueryRules.OneOf(request, "sort_key", Sortable);
        QueryRules.OneOf(request, "sort_dir", "asc", "desc");
        var query = new ListQuery
        {
            Select = $"SELECT {FlavorStore.Columns} FROM flavors f",
            From = "flavors f",
            Id = "f.id",
            Filters = new Dictionary<string, Filter>
            {
                ["minRam"] = new Filter.Custom((values, _) => AtLeast("f.ram_mib", "minRam", values[0])),
                ["minDisk"] = new Filter.Custom((values, _) => AtLeast("f.disk_gib", "minDisk", values[0])),
            },
            SortKeys = SortColumns,
            DefaultOrder = [("flavorid", request.Query["sort_dir"].ToString() == "desc")],
        };
        return query.Run(tx, request, Wanted(request), FlavorStore.Read, "asc");
    }

    // An administrator who does not ask gets the public ones, as everybody; "None" asks for all.
    private static Sql Wanted(ApiRequest request)
    {
        var caller = request.Caller;
        if (!caller.IsAdmin)
            return new Sql().Add($"f.disabled = 0 AND ({FlavorStore.PublicOrGranted(caller.ProjectId)})");
        var asked = request.Query["is_public"].ToString();
        if (asked.Length == 0) return FlavorStore.PublicOrGranted(caller.ProjectId);
        if (asked.Equals("none", StringComparison.OrdinalIgnoreCase)) return Sql.Raw("1 = 1");
        return JsonReading.FlagOf(asked) switch
        {
            true => FlavorStore.PublicOrGranted(caller.ProjectId),
            false => Sql.Raw("f.is_public = 0"),
            null => throw Fault.BadRequest($"Invalid is_public filter [{asked.Truncated()}]"),
        };
    }

    private static Sql AtLeast(string column, string name, string value) => long.TryParse(value, out var least)
        ? new Sql().Add(Sql.Raw($"{column} >= ")).Add($"{least}")
        : throw Fault.BadRequest($"Invalid {name} filter [{value.Truncated()}]");
}
