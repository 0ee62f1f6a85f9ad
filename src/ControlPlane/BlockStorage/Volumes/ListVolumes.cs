using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.BlockStorage.Volumes;

/// <summary>GET volumes, volumes/detail and volumes/summary.</summary>
internal sealed class ListVolumes(BlockStorageRoom room)
{
    private static readonly ListQuery Query = new()
    {
        Select = $"SELECT {VolumeStore.Columns} FROM volumes v",
        From = "volumes v",
        Id = "v.id",
        Filters = new Dictionary<string, Filter>
        {
            ["name"] = new Filter.Exact("v.name"),
            ["display_name"] = FilterRules.Admin("v.name"),
            ["name~"] = FilterRules.Like("v.name"),
            ["description~"] = FilterRules.Like("v.description"),
            ["status"] = new Filter.Exact("v.status"),
            ["status~"] = FilterRules.Like("v.status"),
            ["bootable"] = new Filter.Flag("v.bootable"),
            ["multiattach"] = new Filter.Flag("v.multiattach"),
            ["size"] = new Filter.Whole("v.size_gib"),
            ["availability_zone"] = new Filter.Exact("v.availability_zone"),
            ["metadata"] = FilterRules.Pairs("volume_metadata", "volume_id", "v.id", new(3, 0)),
            ["glance_metadata"] = FilterRules.Pairs("volume_image_metadata", "volume_id", "v.id", new(3, 4)),
            ["group_id"] = new Filter.Custom((values, request) => request.At(3, 10) ? new Sql().Add($"v.group_id = {values[^1]}") : null),
            ["created_at"] = FilterRules.Times("created_at", "v.created_at"),
            ["updated_at"] = FilterRules.Times("updated_at", "COALESCE(v.updated_at, 0)"),
            ["consumes_quota"] = new Filter.Custom((_, request) =>
                request.At(3, 65) && ProjectRows.Flag(request, "consumes_quota") == false ? Sql.Raw("1 = 0") : null),
            // Nothing migrates here: whoever asks for a migration's volumes gets none.
            ["migration_status"] = new Filter.Custom((values, _) => values[^1].ToLowerInvariant() is "none" or "null" ? null : Sql.Raw("1 = 0")),
            ["project_id"] = FilterRules.Admin("v.project_id"),
            ["user_id"] = FilterRules.Admin("v.user_id"),
            ["host"] = FilterRules.Admin("v.host"),
            ["id"] = FilterRules.Admin("v.id"),
            ["volume_type_id"] = FilterRules.Admin("v.volume_type_id"),
            ["snapshot_id"] = FilterRules.Admin("v.snapshot_id"),
            ["source_volid"] = FilterRules.Admin("v.source_volume_id"),
            ["no_migration_targets"] = new Filter.Ignored(),
            ["all_tenants"] = new Filter.Ignored(),
            ["all_projects"] = new Filter.Ignored(),
            ["with_count"] = new Filter.Ignored(),
        },
        SortKeys = new Dictionary<string, string>
        {
            ["id"] = "v.id",
            ["name"] = "COALESCE(v.name, '')",
            ["display_name"] = "COALESCE(v.name, '')",
            ["status"] = "v.status",
            ["size"] = "v.size_gib",
            ["bootable"] = "v.bootable",
            ["availability_zone"] = "v.availability_zone",
            ["volume_type_id"] = "v.volume_type_id",
            ["project_id"] = "v.project_id",
            ["user_id"] = "v.user_id",
            ["host"] = "v.host",
            ["created_at"] = "v.created_at",
            ["updated_at"] = "COALESCE(v.updated_at, 0)",
        },
        DefaultOrder = [("created_at", true)],
        MarkerNotFound = BlockStorageFault.NoVolume,
    };

    public Task<Reply> Index(ApiRequest request)
    {
        var (page, count) = Read(request);
        return Task.FromResult(JsonWriting.List(request, "volumes", page, v => v.Volume.Id,
            (json, v) => VolumeJson.WriteSummary(json, request, v.Volume), count));
    }

    public Task<Reply> Detail(ApiRequest request)
    {
        var (page, count) = Read(request);
        return Task.FromResult(JsonWriting.List(request, "volumes", page, v => v.Volume.Id,
            (json, v) => VolumeJson.WriteDetail(json, request, v, extended: true), count));
    }

    private (Page<VolumeDetails> Page, long? Count) Read(ApiRequest request) => room.Parts.Database.Read(tx =>
    {
        var visible = FilterRules.Check(request, "volume", Query, ProjectRows.Visible(request, "v.project_id"));
        var page = Query.Run(tx, request, visible, VolumeStore.Read);
        long? count = request.At(3, 45) && ProjectRows.Flag(request, "with_count") == true ? Query.Count(tx, request, visible) : null;
        return (new Page<VolumeDetails>(VolumeDetails.Of(tx, page.Items), page.HasMore), count);
    });

    /// <summary>Number, GiB and from 3.36 the distinct values of each metadata key.</summary>
    public Task<Reply> Summary(ApiRequest request)
    {
        var (count, size, metadata) = room.Parts.Database.Read(tx =>
        {
            var visible = ProjectRows.Visible(request, "v.project_id");
            var (n, gib) = tx.Find($"SELECT COUNT(*), COALESCE(SUM(v.size_gib), 0) FROM volumes v WHERE {visible}", row => (row.Long(), row.Long()));
            var pairs = tx.Query($"""
                SELECT DISTINCT m.name, m.value FROM volume_metadata m JOIN volumes v ON v.id = m.volume_id WHERE {visible} ORDER BY m.name, m.value
                """, row => (Name: row.Text(), Value: row.Text()));
            return (n, gib, pairs.ToLookup(p => p.Name, p => p.Value));
        });
        return Task.FromResult(JsonWriting.Wrapped("volume-summary", json =>
        {
            json.WriteStartObject();
            json.WriteNumber("total_count", count);
            json.WriteNumber("total_size", size);
            if (request.At(3, 36))
            {
                json.WriteStartObject("metadata");
                foreach (var key in metadata)
                {
                    json.WriteStartArray(key.Key);
                    foreach (var value in key) json.WriteStringValue(value);
                    json.WriteEndArray();
                }
                json.WriteEndObject();
            }
            json.WriteEndObject();
        }));
    }
}
