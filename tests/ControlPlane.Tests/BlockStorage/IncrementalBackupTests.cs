using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Cumulet.ControlPlane.Tests.Images;

namespace Cumulet.ControlPlane.Tests.BlockStorage;

/// <summary>Backups that hold the difference to an earlier one, and records of backups.</summary>
public sealed class IncrementalBackupTests : IAsyncLifetime
{
    private readonly TestCloud _cloud = new();
    private VolumeClient _admin = null!;
    private VolumeClient _demo = null!;
    private string _volume = "";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await _cloud.InitializeAsync();
        (_admin, _demo) = (await VolumeClient.As(_cloud, "admin"), await VolumeClient.As(_cloud, "demo"));
        _volume = await _demo.Create();
    }

    public async ValueTask DisposeAsync()
    {
        _admin.Dispose();
        _demo.Dispose();
        await _cloud.DisposeAsync();
    }

    [Fact]
    public async Task Incremental_backup_holds_the_difference_and_is_restored_through_its_chain()
    {
        Assert.Contains("No backups available", await _demo.Refused(400, "POST", "backups", $$"""{"backup":{"volume_id":"{{_volume}}","incremental":true} }"""), StringComparison.Ordinal);
        Write(1, 0, 4096);
        var full = await Backup();
        Write(2, 1024, 64);
        var second = await Backup(incremental: true);
        Write(3, 2048, 64);
        var third = await Backup(incremental: true);

        Assert.Equal((false, true), await Kind(full));
        Assert.Equal((true, true), await Kind(second));
        Assert.Equal((true, false), await Kind(third));
        Assert.Equal([(false, true), (true, true), (true, false)], (await _demo.Get("backups/detail?sort=created_at:asc")).GetProperty("backups").EnumerateArray()
            .Select(b => (b.GetProperty("is_incremental").GetBoolean(), b.GetProperty("has_dependent_backups").GetBoolean())));
        Assert.True(Allocated(second) < 1 << 20, $"{Allocated(second)} bytes for 64 KiB that differ");
        Assert.Contains("Incremental backups exist", await _demo.Refused(400, "DELETE", $"backups/{full}"), StringComparison.Ordinal);
        Assert.Contains("Incremental backups exist", await _admin.Refused(400, "POST", $"backups/{second}/action", """{"os-force_delete":{} }"""), StringComparison.Ordinal);

        await _demo.Expect(HttpStatusCode.Accepted, "DELETE", $"volumes/{_volume}");
        await _demo.UntilGone($"volumes/{_volume}");
        var (ofSecond, ofThird) = (await Restore(second), await Restore(third));
        await Reads(ofSecond, (0, 1), (1024, 2), (2048, 1), (4095, 1), (4096, 0));
        await Reads(ofThird, (0, 1), (1024, 2), (2048, 3), (4095, 1), (4096, 0));
        // A restored volume stands on the backup and needs it no more than a clone its source.
        foreach (var gone in (string[])[third, second, full])
        {
            await _demo.Expect(HttpStatusCode.Accepted, "DELETE", $"backups/{gone}");
            await _demo.UntilGone($"backups/{gone}");
        }
        await Reads(ofThird, (0, 1), (1024, 2), (2048, 3), (4095, 1), (4096, 0));
        Assert.Empty(await _cloud.Cloud.Audit.Run(Cancel));
    }

    [Fact]
    public async Task Parent_is_the_latest_available_backup_that_is_older_than_the_snapshot()
    {
        Write(1, 0, 64);
        var full = await Backup();
        Write(2, 0, 64);
        var snapshot = await _demo.Snapshot(_volume);
        Write(3, 0, 64);
        var later = await Backup(incremental: true);

        var ofSnapshot = await Backup(incremental: true, snapshot: snapshot);
        Assert.Equal(full, Parent(ofSnapshot));
        Assert.Equal((await _demo.Get($"snapshots/{snapshot}")).GetProperty("snapshot").GetProperty("created_at").GetString(),
            (await _demo.Get($"backups/{ofSnapshot}")).GetProperty("backup").GetProperty("data_timestamp").GetString());
        await Reads(await Restore(ofSnapshot), (0, 2), (64, 0));
        Assert.Equal(later, Parent(await Backup(incremental: true)));
        await _admin.Expect(HttpStatusCode.Accepted, "POST", $"backups/{later}/action", """{"os-reset_status":{"status":"error"} }""");
        Assert.NotEqual(later, Parent(await Backup(incremental: true)));
    }

    [Fact]
    public async Task Missing_data_of_the_parent_fails_the_backup_with_its_reason_and_frees_the_volume()
    {
        var full = await Backup();
        var layer = LayerOf(full);
        var file = Path.Combine(_cloud.StateDirectory, "disks", "layers", $"{layer}.qcow2");
        File.Move(file, file + ".away");
        var answer = await _demo.Expect(HttpStatusCode.Accepted, "POST", "backups", $$"""{"backup":{"volume_id":"{{_volume}}","incremental":true} }""");
        var id = answer.GetProperty("backup").GetProperty("id").GetString()!;
        await Eventually.Holds(async () => (await _demo.Get($"backups/{id}")).GetProperty("backup").GetProperty("status").GetString() == "error");

        Assert.Contains($"Layer {layer} has no qcow2 file", (await _demo.Get($"backups/{id}")).GetProperty("backup").GetProperty("fail_reason").GetString(), StringComparison.Ordinal);
        await _demo.Until($"volumes/{_volume}", "volume", "available");
        File.Move(file + ".away", file);
        await _demo.Expect(HttpStatusCode.Accepted, "DELETE", $"backups/{id}");
        await _demo.UntilGone($"backups/{id}");
        await Backup(incremental: true);
        Assert.Empty(await _cloud.Cloud.Audit.Run(Cancel));
    }

    [Fact]
    public async Task Record_is_exported_and_imported_as_another_backup_of_the_same_data()
    {
        Write(1, 0, 64);
        var backup = await Backup();
        await _demo.Refused(403, "GET", $"backups/{backup}/export_record");
        var record = (await _admin.Get($"backups/{backup}/export_record")).GetProperty("backup-record");
        var (service, url) = (record.GetProperty("backup_service").GetString()!, record.GetProperty("backup_url").GetString()!);
        Assert.Contains("already exists", await _admin.Refused(400, "POST", "backups/import_record", Record(service, url)), StringComparison.Ordinal);

        var id = Guid.NewGuid().ToString();
        var imported = (await _admin.Expect(HttpStatusCode.Created, "POST", "backups/import_record", Record(service, With(url, "id", id)))).GetProperty("backup");
        Assert.Equal(id, imported.GetProperty("id").GetString());
        await _admin.Until($"backups/{id}", "backup", "available");
        await _demo.Expect(HttpStatusCode.Accepted, "DELETE", $"backups/{backup}");
        await _demo.UntilGone($"backups/{backup}");
        var volume = (await _admin.Expect(HttpStatusCode.Accepted, "POST", $"backups/{id}/restore", """{"restore":{} }""")).GetProperty("restore").GetProperty("volume_id").GetString()!;
        await _admin.Until($"volumes/{volume}", "volume", "available");
        await Reads(volume, (0, 1), (64, 0));
        await _admin.Expect(HttpStatusCode.Accepted, "DELETE", $"backups/{id}");
        await _admin.UntilGone($"backups/{id}");
        Assert.Contains("any more", await _admin.Refused(400, "POST", "backups/import_record", Record(service, url)), StringComparison.Ordinal);
        Assert.Empty(await _cloud.Cloud.Audit.Run(Cancel));
    }

    [Fact]
    public async Task Record_that_is_none_is_refused_by_name()
    {
        var url = (await _admin.Get($"backups/{await Backup()}/export_record")).GetProperty("backup-record").GetProperty("backup_url").GetString()!;
        const string service = "cinder.backup.drivers.cumulet.layers";
        Assert.Contains("swift", await _admin.Refused(503, "POST", "backups/import_record", Record("cinder.backup.drivers.swift", url)), StringComparison.Ordinal);
        foreach (var nonsense in (string[])["%%%", "bm90IGpzb24=", "WzFd"])
            Assert.Contains("Can't decode", await _admin.Refused(400, "POST", "backups/import_record", Record(service, nonsense)), StringComparison.Ordinal);
        Assert.Contains("missing an id", await _admin.Refused(400, "POST", "backups/import_record", Record(service, With(url, "id", "x"))), StringComparison.Ordinal);
        Assert.Contains("missing size", await _admin.Refused(400, "POST", "backups/import_record", Record(service, With(url, "size", "x"))), StringComparison.Ordinal);
        var fresh = With(url, "id", Guid.NewGuid().ToString());
        Assert.Contains("service_metadata", await _admin.Refused(400, "POST", "backups/import_record", Record(service, With(fresh, "service_metadata", "/etc/passwd"))), StringComparison.Ordinal);
        // The layer of a volume is no backup's, whoever names it.
        var head = _cloud.Cloud.Parts.Database.Read(tx => tx.Query($"SELECT layer_id FROM volumes WHERE id = {_volume}", row => row.Text())).Single();
        Assert.Contains("no backup in this cloud", await _admin.Refused(400, "POST", "backups/import_record", Record(service, With(fresh, "service_metadata", head))), StringComparison.Ordinal);
    }

    private static string Record(string service, string url) => new JsonObject { ["backup-record"] = new JsonObject { ["backup_service"] = service, ["backup_url"] = url } }.ToJsonString();

    private static string With(string url, string member, string value)
    {
        var record = JsonNode.Parse(Convert.FromBase64String(url))!.AsObject();
        record[member] = value;
        return Convert.ToBase64String(Encoding.UTF8.GetBytes(record.ToJsonString()));
    }

    private async Task<string> Backup(bool incremental = false, string? snapshot = null)
    {
        var more = $"{(incremental ? ",\"incremental\":true" : "")}{(snapshot is null ? "" : $",\"snapshot_id\":\"{snapshot}\"")}";
        var answer = await _demo.Expect(HttpStatusCode.Accepted, "POST", "backups", $$"""{"backup":{"volume_id":"{{_volume}}"{{more}} } }""");
        var id = answer.GetProperty("backup").GetProperty("id").GetString()!;
        await _demo.Until($"backups/{id}", "backup", "available");
        await _demo.Until($"volumes/{_volume}", "volume", "available");
        return id;
    }

    private async Task<string> Restore(string backup)
    {
        var id = (await _demo.Expect(HttpStatusCode.Accepted, "POST", $"backups/{backup}/restore", """{"restore":{} }""")).GetProperty("restore").GetProperty("volume_id").GetString()!;
        await _demo.Until($"volumes/{id}", "volume", "available");
        return id;
    }

    private async Task<(bool Incremental, bool Dependents)> Kind(string backup)
    {
        var shown = (await _demo.Get($"backups/{backup}")).GetProperty("backup");
        return (shown.GetProperty("is_incremental").GetBoolean(), shown.GetProperty("has_dependent_backups").GetBoolean());
    }

    private string? Parent(string backup) => _cloud.Cloud.Parts.Database.Read(tx => tx.Query($"SELECT parent_id FROM volume_backups WHERE id = {backup}", row => row.TextOrNull())).Single();

    private Guid LayerOf(string backup) => _cloud.Cloud.Parts.Database.Read(tx => tx.Query($"SELECT layer_id FROM volume_backups WHERE id = {backup}", row => Guid.Parse(row.Text()))).Single();

    private long Allocated(string backup) =>
        _cloud.Cloud.Rooms.Layers.Usage(_cloud.Cloud.Parts.Database.Read(tx => _cloud.Cloud.Rooms.Layers.Find(tx, LayerOf(backup)))!).Allocated;

    private void Write(byte pattern, int at, int length) => VolumeDisk.Write(_cloud, _volume, pattern, at, length);

    private Task Reads(string volume, params (int At, byte Pattern)[] expected) => VolumeDisk.Reads(_cloud, volume, expected);
}
