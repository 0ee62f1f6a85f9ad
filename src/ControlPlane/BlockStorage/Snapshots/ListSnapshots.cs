using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.BlockStorage.Volumes;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.BlockStorage.Snapshots;

/// <summary>GET snapshots, snapshots/detail and snapshots/{id}.</summary>
internal sealed class ListSnapshots(BlockStorageRoom room)
{
    private static readonly ListQuery Query = new()
    {
        Select = $"SELECT {SnapshotStore.Columns} FROM snapshots s",
        From = "snapshots s",
        Id = "s.id",
        Filters = new Dictionary<string, Filter>
        {
            ["name"] = new Filter.Exact("s.name"),
            ["name~"] = FilterRules.Like("s.name"),
            ["description~"] = FilterRules.Like("s.description"),
            ["status"] = new Filter.Exact("s.status"),
            ["volume_id"] = new Filter.Exact("s.volume_id"),
            ["metadata"] = FilterRules.Pairs("snapshot_metadata", "snapshot_id", "s.id", new(3, 22)),
            ["availability_zone"] = new Filter.Custom((values, _) =>
                new Sql().Add($"EXISTS (SELECT 1 FROM volumes v WHERE v.id = s.volume_id AND v.availability_zone = {values[^1]})")),
            ["consumes_quota"] = new Filter.Custom((_, request) =>
                request.At(3, 65) && ProjectRows.Flag(request, "consumes_quota") == false ? Sql.Raw("1 = 0") : null),
            ["project_id"] = FilterRules.Admin("s.project_id"),
            ["user_id"] = FilterRules.Admin("s.user_id"),
            ["id"] = FilterRules.Admin("s.id"),
            ["all_tenants"] = new Filter.Ignored(),
            ["all_projects"] = new Filter.Ignored(),
            ["with_count"] = new Filter.Ignored(),
        },
        SortKeys = new Dictionary<string, string>
        {
            ["id"] = "s.id",
            ["name"] = "COALESCE(s.name, '')",
            ["display_name"] = "COALESCE(s.name, '')",
            ["status"] = "s.status",
            ["volume_id"] = "s.volume_id",
            ["volume_size"] = "s.size_gib",
            ["project_id"] = "s.project_id",
            ["user_id"] = "s.user_id",
            ["created_at"] = "s.created_at",
            ["updated_at"] = "COALESCE(s.updated_at, 0)",
        },
        DefaultOrder = [("created_at", true)],
        MarkerNotFound = BlockStorageFault.NoSnapshot,
    };

    public Task<Reply> Index(ApiRequest request) => List(request, detail: false);

    public Task<Reply> Detail(ApiRequest request) => List(request, detail: true);

    private Task<Reply> List(ApiRequest request, bool detail)
    {
        var (page, count) = room.Parts.Database.Read(tx =>
        {
            var visible = FilterRules.Check(request, "snapshot", Query, ProjectRows.Visible(request, "s.project_id"));
            var rows = Query.Run(tx, request, visible, SnapshotStore.Read);
            long? total = request.At(3, 45) && ProjectRows.Flag(request, "with_count") == true ? Query.Count(tx, request, visible) : null;
            return (new Page<SnapshotDetails>(SnapshotDetails.Of(tx, rows.Items), rows.HasMore), total);
        });
        return Task.FromResult(JsonWriting.List(request, "snapshots", page, s => s.Snapshot.Id,
            (json, s) => SnapshotJson.Write(json, request, s, detail, extended: detail), count));
    }

    public Task<Reply> Show(ApiRequest request)
    {
        var details = room.Parts.Database.Read(tx => SnapshotDetails.Of(tx, VolumeAccess.Snapshot(tx, request, request[0])));
        return Task.FromResult(JsonWriting.Wrapped("snapshot", json => SnapshotJson.Write(json, request, details, detail: true, extended: true)));
    }
}
