using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Cumulet.ControlPlane.Tests.Images;

namespace Cumulet.ControlPlane.Tests.BlockStorage;

/// <summary>Backups in a directory outside of the pool, which two clouds have.</summary>
public sealed class BackupTargetTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("cumulet-target-").FullName;
    private readonly TestCloud _here = new();
    private readonly TestCloud _there = new();
    private VolumeClient _demo = null!;
    private VolumeClient _admin = null!;
    private string _volume = "";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        foreach (var cloud in (TestCloud[])[_here, _there])
        {
            cloud.Configure = options => options with { BackupTarget = _folder };
            await cloud.InitializeAsync();
        }
        (_demo, _admin) = (await VolumeClient.As(_here, "demo"), await VolumeClient.As(_here, "admin"));
        _volume = await _demo.Create("\"size\":1,\"metadata\":{\"colour\":\"green\"}");
    }

    public async ValueTask DisposeAsync()
    {
        _demo.Dispose();
        _admin.Dispose();
        await _here.DisposeAsync();
        await _there.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Backup_lies_outside_of_the_pool_in_pieces_that_are_counted_and_goes_with_all_of_them()
    {
        Write(1, 0, 4096);
        var full = await Backup();
        Write(2, 1024, 64);
        Write(0, 2048, 64);
        var second = await Backup(incremental: true);

        var (shownFull, shownSecond) = (await Show(full), await Show(second));
        Assert.Equal((32, false, $"{full[..2]}/{full[2..4]}/{full}"), (shownFull.GetProperty("object_count").GetInt32(),
            shownFull.GetProperty("is_incremental").GetBoolean(), shownFull.GetProperty("container").GetString()));
        Assert.Equal((2, true), (shownSecond.GetProperty("object_count").GetInt32(), shownSecond.GetProperty("is_incremental").GetBoolean()));
        Assert.Equal(34 + 4, Files().Count);
        Assert.Empty(_here.Cloud.Parts.Database.Read(tx => tx.Query($"SELECT holder_id FROM layer_references WHERE kind = 'backup'", row => row.Text())));

        await Reads(await Restore(_demo, full), (0, 1), (1024, 1), (2048, 1), (4096, 0));
        await Reads(await Restore(_demo, second), (0, 1), (1024, 2), (1088, 1), (2048, 0), (2112, 1), (4096, 0));
        var other = await _demo.Create("\"size\":2");
        VolumeDisk.Write(_here, other, 7, 0, 1 << 12);
        await _demo.Expect(HttpStatusCode.Accepted, "POST", $"backups/{second}/restore", $$"""{"restore":{"volume_id":"{{other}}"} }""");
        await _demo.Until($"volumes/{other}", "volume", "available");
        await Reads(other, (0, 1), (1024, 2), (2048, 0), (4095, 1), (4096, 0));

        Assert.Empty(await _here.Cloud.Audit.Run(Cancel));
        Assert.Contains("Incremental backups exist", await _demo.Refused(400, "DELETE", $"backups/{full}"), StringComparison.Ordinal);
        foreach (var gone in (string[])[second, full])
        {
            await _demo.Expect(HttpStatusCode.Accepted, "DELETE", $"backups/{gone}");
            await _demo.UntilGone($"backups/{gone}");
        }
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder));
        Assert.Empty(await _here.Cloud.Audit.Run(Cancel));
    }

    [Fact]
    public async Task Another_cloud_restores_it_through_its_record()
    {
        Write(1, 0, 64);
        var full = await Backup();
        Write(2, 0, 32);
        var second = await Backup(incremental: true);
        using var there = await VolumeClient.As(_there, "admin");
        var (first, later) = (await Record(full), await Record(second));
        Assert.Contains("import the record of that first", await there.Refused(400, "POST", "backups/import_record", later), StringComparison.Ordinal);
        foreach (var record in (string[])[first, later]) await there.Expect(HttpStatusCode.Created, "POST", "backups/import_record", record);
        Assert.True((await there.Get($"backups/{second}")).GetProperty("backup").GetProperty("is_incremental").GetBoolean());

        var volume = await Restore(there, second);
        await VolumeDisk.Reads(_there, volume, (0, 2), (32, 1), (64, 0));
        Assert.Equal("green", (await there.Get($"volumes/{volume}")).GetProperty("volume").GetProperty("metadata").GetProperty("colour").GetString());
        Assert.Empty(await _there.Cloud.Audit.Run(Cancel));
    }

    [Fact]
    public async Task Record_that_leads_elsewhere_is_refused()
    {
        var full = await Backup();
        using var there = await VolumeClient.As(_there, "admin");
        var record = await Record(full);
        foreach (var (member, value, word) in new[]
        {
            ("container", "../../etc", "container"), ("container", "/etc", "container"), ("container", ".ssh", "container"),
            ("service_metadata", "../passwd", "service_metadata"), ("container", "no/where", "no whole backup"),
            ("id", Guid.NewGuid().ToString(), "no whole backup"), ("id", "x", "missing an id"),
        }) Assert.Contains(word, await there.Refused(400, "POST", "backups/import_record", With(record, member, value)), StringComparison.Ordinal);
        Assert.Contains("container", await _demo.Refused(400, "POST", "backups", $$"""{"backup":{"volume_id":"{{_volume}}","container":"../up"} }"""), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Piece_that_has_rotted_is_found_and_the_volume_says_so()
    {
        Write(1, 0, 64);
        var full = await Backup();
        var piece = Files().Single(f => f.EndsWith("-00001", StringComparison.Ordinal));
        var bytes = await File.ReadAllBytesAsync(piece, Cancel);
        await File.WriteAllBytesAsync(piece, [.. bytes[..^1], (byte)~bytes[^1]], Cancel);
        var volume = (await _demo.Expect(HttpStatusCode.Accepted, "POST", $"backups/{full}/restore", """{"restore":{} }"""))
            .GetProperty("restore").GetProperty("volume_id").GetString()!;
        await Eventually.Holds(async () => (await _demo.Get($"volumes/{volume}")).GetProperty("volume").GetProperty("status").GetString() == "error");
        Assert.Equal("available", (await Show(full)).GetProperty("status").GetString());
        await File.WriteAllBytesAsync(piece, bytes, Cancel);
        await Reads(await Restore(_demo, full), (0, 1), (64, 0));

        File.Delete(Files().Single(f => f.EndsWith("_metadata", StringComparison.Ordinal)));
        Assert.Contains(await _here.Cloud.Audit.Run(Cancel), f => f.Text == $"backup {full} is not in the backup target");
    }

    [Fact]
    public async Task Target_that_is_away_fails_the_backup_with_its_reason()
    {
        Directory.Delete(_folder);
        await File.WriteAllTextAsync(_folder, "no directory", Cancel);
        var id = (await _demo.Expect(HttpStatusCode.Accepted, "POST", "backups", $$"""{"backup":{"volume_id":"{{_volume}}"} }""")).GetProperty("backup").GetProperty("id").GetString()!;
        // It is taken back, and that waits for the directory.
        await Eventually.Holds(() => Task.FromResult(_here.Cloud.Parts.Database.Read(tx =>
            tx.Exists($"SELECT 1 FROM sagas WHERE name = 'create-backup' AND direction = 'undo'"))));
        File.Delete(_folder);
        Directory.CreateDirectory(_folder);
        await Eventually.Holds(async () => (await Show(id)).GetProperty("status").GetString() == "error");
        Assert.Contains("backup target", (await Show(id)).GetProperty("fail_reason").GetString(), StringComparison.Ordinal);
        Assert.Equal("available", (await _demo.Get($"volumes/{_volume}")).GetProperty("volume").GetProperty("status").GetString());
        await _demo.Expect(HttpStatusCode.Accepted, "DELETE", $"backups/{id}");
        await _demo.UntilGone($"backups/{id}");
    }

    [Fact]
    public async Task Files_are_as_Cinders_driver_writes_them()
    {
        Write(1, 0, 64);
        var full = await Backup();
        var prefix = (await RecordOf(full)).GetProperty("service_metadata").GetString()!;
        Assert.Matches($"^volume_{_volume}_[0-9]{{14}}_backup_{full}$", prefix);
        var folder = Path.Combine(_folder, full[..2], full[2..4], full);
        using var metadata = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(folder, prefix + "_metadata"), Cancel));
        using var hashes = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(folder, prefix + "_sha256file"), Cancel));
        Assert.Equal(["backup_description", "backup_id", "backup_name", "created_at", "objects", "parent_id", "version", "volume_id", "volume_meta"],
            metadata.RootElement.EnumerateObject().Select(p => p.Name).Order());
        Assert.Equal(["backup_description", "backup_id", "backup_name", "chunk_size", "created_at", "sha256s", "version", "volume_id"],
            hashes.RootElement.EnumerateObject().Select(p => p.Name).Order());
        Assert.Equal((1 << 30) / 32768, hashes.RootElement.GetProperty("sha256s").GetArrayLength());
        var first = metadata.RootElement.GetProperty("objects")[0].EnumerateObject().Single();
        Assert.Equal((prefix + "-00001", 0, 32 << 20, "zlib"), (first.Name, first.Value.GetProperty("offset").GetInt32(),
            first.Value.GetProperty("length").GetInt32(), first.Value.GetProperty("compression").GetString()));
    }

    private List<string> Files() => [.. Directory.EnumerateFiles(_folder, "*", SearchOption.AllDirectories)];

    private void Write(byte pattern, int at, int length) => VolumeDisk.Write(_here, _volume, pattern, at, length);

    private Task Reads(string volume, params (int At, byte Pattern)[] expected) => VolumeDisk.Reads(_here, volume, expected);

    private async Task<JsonElement> Show(string backup) => (await _demo.Get($"backups/{backup}")).GetProperty("backup");

    private async Task<string> Backup(bool incremental = false)
    {
        var answer = await _demo.Expect(HttpStatusCode.Accepted, "POST", "backups", $$"""{"backup":{"volume_id":"{{_volume}}","incremental":{{(incremental ? "true" : "false")}} } }""");
        var id = answer.GetProperty("backup").GetProperty("id").GetString()!;
        await _demo.Until($"backups/{id}", "backup", "available");
        return id;
    }

    private static async Task<string> Restore(VolumeClient client, string backup)
    {
        var id = (await client.Expect(HttpStatusCode.Accepted, "POST", $"backups/{backup}/restore", """{"restore":{} }""")).GetProperty("restore").GetProperty("volume_id").GetString()!;
        await client.Until($"volumes/{id}", "volume", "available");
        return id;
    }

    private async Task<string> Record(string backup)
    {
        var record = (await _admin.Get($"backups/{backup}/export_record")).GetProperty("backup-record");
        Assert.Equal("cinder.backup.drivers.posix.PosixBackupDriver", record.GetProperty("backup_service").GetString());
        return new JsonObject { ["backup-record"] = JsonNode.Parse(record.GetRawText()) }.ToJsonString();
    }

    private async Task<JsonElement> RecordOf(string backup)
    {
        var url = (await _admin.Get($"backups/{backup}/export_record")).GetProperty("backup-record").GetProperty("backup_url").GetString()!;
        return JsonDocument.Parse(Convert.FromBase64String(url)).RootElement;
    }

    private static string With(string record, string member, string value)
    {
        var body = JsonNode.Parse(record)!;
        var inner = body["backup-record"]!;
        var decoded = JsonNode.Parse(Convert.FromBase64String(inner["backup_url"]!.GetValue<string>()))!.AsObject();
        decoded[member] = value;
        inner["backup_url"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(decoded.ToJsonString()));
        return body.ToJsonString();
    }
}
