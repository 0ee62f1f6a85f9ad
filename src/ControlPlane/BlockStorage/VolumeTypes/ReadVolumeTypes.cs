using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.BlockStorage.VolumeTypes;

/// <summary>GET types, types/{id} and types/default.</summary>
internal sealed class ReadVolumeTypes(BlockStorageRoom room)
{
    private static readonly ListQuery Query = new()
    {
        Select = $"SELECT {VolumeTypeStore.Columns} FROM volume_types t",
        From = "volume_types t",
        Id = "t.id",
        Filters = new Dictionary<string, Filter>
        {
            ["is_public"] = new Filter.Ignored(),
            ["extra_specs"] = new Filter.Custom((values, request) => request.At(3, 52) ? Specs(values[^1], request) : null),
            ["name"] = FilterRules.Admin("t.name"),
            ["description"] = FilterRules.Admin("t.description"),
            ["qos_specs_id"] = FilterRules.Admin("t.qos_specs_id"),
        },
        SortKeys = new Dictionary<string, string>
        {
            ["id"] = "t.id",
            ["name"] = "t.name",
            ["description"] = "COALESCE(t.description, '')",
            ["is_public"] = "t.is_public",
            ["created_at"] = "t.created_at",
            ["updated_at"] = "COALESCE(t.updated_at, 0)",
        },
        DefaultOrder = [("created_at", true)],
        MarkerNotFound = BlockStorageFault.NoType,
    };

    public Task<Reply> List(ApiRequest request)
    {
        var (page, specs) = room.Parts.Database.Read(tx =>
        {
            var visible = request.At(3, 52) ? FilterRules.Check(request, "volume_type", Query, Visible(request)) : Visible(request);
            var types = Query.Run(tx, request, visible, VolumeTypeStore.Read);
            return (types, types.Items.ToDictionary(t => t.Id, t => VolumeTypeStore.ExtraSpecs(tx, t.Id)));
        });
        return Task.FromResult(JsonWriting.List(request, "volume_types", page, t => t.Id,
            (json, t) => VolumeTypeJson.Write(json, request, t, specs[t.Id]), linksName: "volume_type"));
    }

    // Users see what they may use; an administrator chooses: public (the default), private (false) or all (none).
    private static Sql Visible(ApiRequest request)
    {
        var own = new Sql().Add($"EXISTS (SELECT 1 FROM volume_type_access a WHERE a.volume_type_id = t.id AND a.project_id = {request.Caller.ProjectId})");
        if (!request.Caller.IsAdmin) return new Sql().Add(Sql.Raw("t.is_public = 1 OR ")).Add(own);
        return request.Query["is_public"].ToString().ToLowerInvariant() switch
        {
            "" => new Sql().Add(Sql.Raw("t.is_public = 1 OR ")).Add(own),
            "none" => Sql.Raw("1 = 1"),
            var text => JsonReading.FlagOf(text) switch
            {
                true => Sql.Raw("t.is_public = 1"),
                false => Sql.Raw("t.is_public = 0"),
                null => throw Fault.BadRequest($"Invalid is_public filter [{text.Truncated()}]"),
            },
        };
    }

    private static Sql Specs(string text, ApiRequest request)
    {
        var all = new Sql().Add(Sql.Raw("1 = 1"));
        var pairs = FilterRules.ParsePairs(text).ToDictionary();
        // What a user may not read, a user may not find out by asking for it either.
        if (pairs.Count > VolumeTypeJson.Visible(request, pairs).Count()) return Sql.Raw("1 = 0");
        foreach (var (name, value) in pairs)
            all.Add($" AND EXISTS (SELECT 1 FROM volume_type_extra_specs x WHERE x.volume_type_id = t.id AND x.name = {name} AND x.value = {value})");
        return all;
    }

    public Task<Reply> Show(ApiRequest request) => One(request, tx => Require(tx, request, request[0]));

    public Task<Reply> Default(ApiRequest request) => One(request, tx => VolumeTypeStore.DefaultOf(tx, request.Caller.ProjectId));

    private Task<Reply> One(ApiRequest request, Func<Tx, VolumeTypeRecord> find)
    {
        var (type, specs) = room.Parts.Database.Read(tx =>
        {
            var found = find(tx);
            return (found, VolumeTypeStore.ExtraSpecs(tx, found.Id));
        });
        return Task.FromResult(JsonWriting.Wrapped("volume_type", json => VolumeTypeJson.Write(json, request, type, specs)));
    }

    /// <summary>By id only, as Cinder's paths have it; 404 for one this caller may not use.</summary>
    internal static VolumeTypeRecord Require(Tx tx, ApiRequest request, string id) =>
        VolumeTypeStore.FindFor(tx, id, request.Caller.ProjectId, request.Caller.IsAdmin) is { } type && type.Id == id
            ? type
            : throw Fault.NotFound($"Volume type {id.Truncated()} could not be found.");
}
