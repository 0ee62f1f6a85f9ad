using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Cumulet.ControlPlane.BlockStorage.Backups.Target;
using Cumulet.ControlPlane.Tests.Images;

namespace Cumulet.ControlPlane.Tests.BlockStorage;

/// <summary>Backups in a place outside of the pool, which two clouds have. Each kind of place has these tests.</summary>
public abstract class BackupTargetTests : IAsyncLifetime
{
    private readonly TestCloud _there = new();
    private VolumeClient _admin = null!;

    private protected TestCloud Here { get; } = new();
    private protected VolumeClient Demo { get; private set; } = null!;
    private protected string Volume { get; private set; } = "";

    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    protected abstract BackupDestination Destination { get; }
    protected abstract string Service { get; }
    protected abstract string ContainerOf(string backup);

    /// <summary>The names of all files there.</summary>
    protected abstract Task<List<string>> Files();
    protected abstract Task<byte[]> Get(string file);
    protected abstract Task Put(string file, byte[] bytes);
    protected abstract Task Delete(string file);
    protected abstract Task Away();
    protected abstract Task Back();

    public virtual async ValueTask InitializeAsync()
    {
        foreach (var cloud in (TestCloud[])[Here, _there])
        {
            cloud.Configure = options => options with { BackupTarget = Destination };
            await cloud.InitializeAsync();
        }
        (Demo, _admin) = (await VolumeClient.As(Here, "demo"), await VolumeClient.As(Here, "admin"));
        Volume = await Demo.Create("\"size\":1,\"metadata\":{\"colour\":\"green\"}");
    }

    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        Demo.Dispose();
        _admin.Dispose();
        await Here.DisposeAsync();
        await _there.DisposeAsync();
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
        Assert.Equal((32, false, ContainerOf(full)), (shownFull.GetProperty("object_count").GetInt32(),
            shownFull.GetProperty("is_incremental").GetBoolean(), shownFull.GetProperty("container").GetString()));
        Assert.Equal((2, true), (shownSecond.GetProperty("object_count").GetInt32(), shownSecond.GetProperty("is_incremental").GetBoolean()));
        Assert.Equal(34 + 4, (await Files()).Count);
        Assert.False(Here.Cloud.Parts.Database.Read(tx => tx.Exists($"SELECT 1 FROM layer_references WHERE kind = 'backup'")));

        await Reads(await Restore(Demo, full), (0, 1), (1024, 1), (2048, 1), (4096, 0));
        var restored = await Restore(Demo, second);
        await Reads(restored, (0, 1), (1024, 2), (1088, 1), (2048, 0), (2112, 1), (4096, 0));
        await SameBytes(Volume, restored);
        var other = await Demo.Create("\"size\":2");
        VolumeDisk.Write(Here, other, 7, 0, 1 << 12);
        await Demo.Expect(HttpStatusCode.Accepted, "POST", $"backups/{second}/restore", $$"""{"restore":{"volume_id":"{{other}}"} }""");
        await Demo.Until($"volumes/{other}", "volume", "available");
        await Reads(other, (0, 1), (1024, 2), (2048, 0), (4095, 1), (4096, 0));

        Assert.Empty(await Here.Cloud.Audit.Run(Cancel));
        Assert.Contains("Incremental backups exist", await Demo.Refused(400, "DELETE", $"backups/{full}"), StringComparison.Ordinal);
        foreach (var gone in (string[])[second, full]) await Remove(gone);
        Assert.Empty(await Files());
        Assert.Empty(await Here.Cloud.Audit.Run(Cancel));
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
            ("service_metadata", "../passwd", "service_metadata"), ("service_metadata", "volume_x/../../etc", "service_metadata"),
            ("container", "nowhere", "no whole backup"),
            ("id", Guid.NewGuid().ToString(), "no whole backup"), ("id", "x", "missing an id"),
        }) Assert.Contains(word, await there.Refused(400, "POST", "backups/import_record", With(record, member, value)), StringComparison.Ordinal);
        var upwards = $$"""{"backup":{"volume_id":"{{Volume}}","container":"../up"} }""";
        Assert.Contains("container", await Demo.Refused(400, "POST", "backups", upwards), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Piece_that_has_rotted_is_found_and_the_volume_says_so()
    {
        Write(1, 0, 64);
        var full = await Backup();
        var piece = (await Files()).Single(f => f.EndsWith("-00001", StringComparison.Ordinal));
        var bytes = await Get(piece);
        await Put(piece, [.. bytes[..^1], (byte)~bytes[^1]]);
        await FailsToRestore(full, "checksum differs");
        await Delete(piece);
        await FailsToRestore(full, "not all of the backup's files");
        await Put(piece, bytes);
        await Reads(await Restore(Demo, full), (0, 1), (64, 0));
        Assert.Null((await Show(full)).GetProperty("fail_reason").GetString());

        await Delete((await Files()).Single(f => f.EndsWith("_metadata", StringComparison.Ordinal)));
        Assert.Contains(await Here.Cloud.Audit.Run(Cancel), f => f.Text == $"backup {full} is not in the backup target");
    }

    [Fact]
    public async Task Target_that_is_away_fails_what_needs_it_with_its_reason_and_what_is_left_goes_when_it_is_back()
    {
        var full = await Backup();
        await Away();
        Assert.Contains(await Here.Cloud.Audit.Run(Cancel), f => f.Text.Contains($"backup {full}", StringComparison.Ordinal));
        await FailsToRestore(full, "backup target");
        var failed = await Begin();
        await Eventually.Holds(async () => (await Show(failed)).GetProperty("status").GetString() == "error");
        Assert.Contains("backup target", (await Show(failed)).GetProperty("fail_reason").GetString(), StringComparison.Ordinal);
        Assert.Equal("available", (await Demo.Get($"volumes/{Volume}")).GetProperty("volume").GetProperty("status").GetString());
        Assert.Contains((failed, "VOLUME_VOLUME_BACKUP_013_020"), (await Demo.Get("messages")).GetProperty("messages").EnumerateArray()
            .Select(m => (m.GetProperty("resource_uuid").GetString(), m.GetProperty("event_id").GetString())));

        foreach (var gone in (string[])[failed, full]) await Demo.Expect(HttpStatusCode.Accepted, "DELETE", $"backups/{gone}");
        await Eventually.Holds(() => Here.Cloud.Parts.Database.Read(tx =>
            tx.Exists($"SELECT 1 FROM sagas WHERE name = 'delete-backup' AND attempts > 0")));
        Assert.Equal("deleting", (await Show(full)).GetProperty("status").GetString());
        await Back();
        foreach (var gone in (string[])[failed, full]) await Demo.UntilGone($"backups/{gone}");
        Assert.Empty(await Files());
    }

    [Fact]
    public async Task Files_are_as_Cinders_driver_writes_them()
    {
        Write(1, 0, 64);
        var full = await Backup();
        var prefix = (await RecordOf(full)).GetProperty("service_metadata").GetString()!;
        Assert.Matches(PrefixOf(full), prefix);
        var files = await Files();
        using var metadata = JsonDocument.Parse(await Get(files.Single(f => f.EndsWith(prefix + "_metadata", StringComparison.Ordinal))));
        using var hashes = JsonDocument.Parse(await Get(files.Single(f => f.EndsWith(prefix + "_sha256file", StringComparison.Ordinal))));
        Assert.Equal(["backup_description", "backup_id", "backup_name", "created_at", "objects", "parent_id", "version", "volume_id", "volume_meta"],
            metadata.RootElement.EnumerateObject().Select(p => p.Name).Order());
        Assert.Equal(["backup_description", "backup_id", "backup_name", "chunk_size", "created_at", "sha256s", "version", "volume_id"],
            hashes.RootElement.EnumerateObject().Select(p => p.Name).Order());
        Assert.Equal((1 << 30) / 32768, hashes.RootElement.GetProperty("sha256s").GetArrayLength());
        var first = metadata.RootElement.GetProperty("objects")[0].EnumerateObject().Single();
        Assert.Equal((prefix + "-00001", 0, 32 << 20, "zlib"), (first.Name, first.Value.GetProperty("offset").GetInt32(),
            first.Value.GetProperty("length").GetInt32(), first.Value.GetProperty("compression").GetString()));
    }

    /// <summary>A pattern.</summary>
    protected abstract string PrefixOf(string backup);

    private protected void Write(byte pattern, int at, int length) => VolumeDisk.Write(Here, Volume, pattern, at, length);

    private Task Reads(string volume, params (int At, byte Pattern)[] expected) => VolumeDisk.Reads(Here, volume, expected);

    private async Task SameBytes(string expected, string actual)
    {
        var layers = Here.Cloud.Rooms.Layers;
        await using var first = await layers.OpenRaw(VolumeDisk.Head(Here, expected), Cancel);
        await using var second = await layers.OpenRaw(VolumeDisk.Head(Here, actual), Cancel);
        var (left, right) = (new byte[1 << 20], new byte[1 << 20]);
        for (int count; (count = await first.ReadAtLeastAsync(left, left.Length, throwOnEndOfStream: false, Cancel)) > 0;)
        {
            Assert.Equal(count, await second.ReadAtLeastAsync(right, right.Length, throwOnEndOfStream: false, Cancel));
            Assert.True(left.AsSpan(0, count).SequenceEqual(right.AsSpan(0, count)));
        }
        Assert.Equal(0, await second.ReadAsync(right, Cancel));
    }

    private protected async Task<JsonElement> Show(string backup) => (await Demo.Get($"backups/{backup}")).GetProperty("backup");

    private protected async Task<string> Begin(string? volume = null, bool incremental = false)
    {
        var body = $$"""{"backup":{"volume_id":"{{volume ?? Volume}}","incremental":{{(incremental ? "true" : "false")}} } }""";
        return (await Demo.Expect(HttpStatusCode.Accepted, "POST", "backups", body)).GetProperty("backup").GetProperty("id").GetString()!;
    }

    private protected async Task<string> Backup(bool incremental = false)
    {
        var id = await Begin(incremental: incremental);
        await Demo.Until($"backups/{id}", "backup", "available");
        return id;
    }

    private protected async Task Remove(string backup)
    {
        await Demo.Expect(HttpStatusCode.Accepted, "DELETE", $"backups/{backup}");
        await Demo.UntilGone($"backups/{backup}");
    }

    private static async Task<string> Restore(VolumeClient client, string backup)
    {
        var id = await BeginRestore(client, backup);
        await client.Until($"volumes/{id}", "volume", "available");
        return id;
    }

    private static async Task<string> BeginRestore(VolumeClient client, string backup) =>
        (await client.Expect(HttpStatusCode.Accepted, "POST", $"backups/{backup}/restore", """{"restore":{} }"""))
            .GetProperty("restore").GetProperty("volume_id").GetString()!;

    private async Task FailsToRestore(string backup, string reason)
    {
        var volume = await BeginRestore(Demo, backup);
        await Eventually.Holds(async () =>
            (await Demo.Get($"volumes/{volume}")).GetProperty("volume").GetProperty("status").GetString() == "error");
        var shown = await Show(backup);
        Assert.Equal("available", shown.GetProperty("status").GetString());
        Assert.Contains(reason, shown.GetProperty("fail_reason").GetString(), StringComparison.Ordinal);
    }

    private async Task<string> Record(string backup)
    {
        var record = (await _admin.Get($"backups/{backup}/export_record")).GetProperty("backup-record");
        Assert.Equal(Service, record.GetProperty("backup_service").GetString());
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
