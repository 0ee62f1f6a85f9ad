using System.Net;
using System.Text.Json;
using Cumulet.ControlPlane.BlockStorage.Backups.Target;
using Cumulet.ControlPlane.BlockStorage.Backups.Target.S3;
using Cumulet.ControlPlane.Tests.Images;

namespace Cumulet.ControlPlane.Tests.BlockStorage;

/// <summary>Backups in a bucket of a real store.</summary>
public sealed class BucketTargetTests(PrivateS3 store) : BackupTargetTests, IClassFixture<PrivateS3>
{
    private readonly string _bucket = $"backups-{Guid.NewGuid():N}";

    private S3Client Client => store.Client();

    protected override BackupDestination Destination => new BackupDestination.InBucket(store.Bucket(_bucket));
    protected override string Service => "cinder.backup.drivers.s3.S3BackupDriver";
    protected override string ContainerOf(string backup) => _bucket;
    protected override string PrefixOf(string backup) => $"^volume_{Volume}/[0-9]{{14}}/az_nova_backup_{backup}$";

    protected override async Task<List<string>> Files() => (await Client.List(_bucket, "", null, Cancel)).Keys;

    protected override Task<byte[]> Get(string file) => Client.Get(_bucket, file, async (body, cancel) =>
    {
        using var bytes = new MemoryStream();
        await body.CopyToAsync(bytes, cancel);
        return bytes.ToArray();
    }, Cancel);

    protected override Task Put(string file, byte[] bytes) =>
        Client.Put(_bucket, file, async (body, cancel) => await body.WriteAsync(bytes, cancel), Cancel);

    protected override Task Delete(string file) => Client.Delete(_bucket, file, Cancel);

    protected override Task Away() => store.Down();

    protected override Task Back() => store.Up();

    [Fact]
    public async Task Store_that_dies_in_the_middle_of_a_backup_fails_it_and_nothing_of_it_is_left_in_the_end()
    {
        // Some three thousand pieces, of which the first are enough.
        var large = await Demo.Create("\"size\":100");
        var backup = await Begin(large);
        await Eventually.Holds(async () => (await Show(backup)) is var shown && shown.GetProperty("status").GetString() == "creating"
            && shown.GetProperty("object_count").GetInt32() > 0);
        await Away();
        await Eventually.Holds(async () => (await Show(backup)).GetProperty("status").GetString() == "error");
        var shown = await Show(backup);
        Assert.Equal("the backup target does not answer", shown.GetProperty("fail_reason").GetString());
        Assert.InRange(shown.GetProperty("object_count").GetInt32(), 1, 3199);
        await Back();
        Assert.NotEmpty(await Files());
        await Remove(backup);
        Assert.Empty(await Files());
        Assert.Empty(await Here.Cloud.Audit.Run(Cancel));
    }

    [Fact]
    public async Task Wrong_key_is_told_by_the_backup_and_by_the_audit_and_is_told_to_nobody()
    {
        const string Secret = "not-the-secret-at-all", Words = "the backup target does not take this cloud's key";
        var wrong = new BackupDestination.InBucket(store.Bucket(_bucket) with { SecretKey = Secret });
        await using var cloud = new TestCloud { Configure = options => options with { BackupTarget = wrong } };
        await cloud.InitializeAsync();
        Assert.Equal([Words], (await cloud.Cloud.Audit.Run(Cancel)).Select(f => f.Text));
        using var demo = await VolumeClient.As(cloud, "demo");
        var volume = await demo.Create();
        var body = $$"""{"backup":{"volume_id":"{{volume}}"} }""";
        var id = (await demo.Expect(HttpStatusCode.Accepted, "POST", "backups", body)).GetProperty("backup").GetProperty("id").GetString();
        await Eventually.Holds(async () => (await Backup(demo)).GetProperty("status").GetString() == "error");
        Assert.Equal(Words, (await Backup(demo)).GetProperty("fail_reason").GetString());
        Assert.DoesNotContain(
            cloud.Cloud.Parts.Database.Read(tx => tx.Query($"SELECT state || COALESCE(cause, '') FROM sagas", row => row.Text())),
            row => row.Contains(Secret, StringComparison.Ordinal));

        async Task<JsonElement> Backup(VolumeClient client) => (await client.Get($"backups/{id}")).GetProperty("backup");
    }

    [Fact]
    public async Task Cloud_that_is_started_with_another_kind_of_target_leaves_what_lies_here_alone()
    {
        var full = await Backup();
        var folder = Directory.CreateTempSubdirectory("cumulet-target-").FullName;
        Here.Configure = options => options with { BackupTarget = new BackupDestination.InDirectory(folder) };
        await Here.Restart();
        using var demo = await VolumeClient.As(Here, "demo");
        foreach (var (method, path, body) in new[] { ("DELETE", "", (string?)null), ("POST", "/restore", """{"restore":{} }""") })
            Assert.Contains("another", await demo.Refused(503, method, $"backups/{full}{path}", body), StringComparison.Ordinal);
        // Nor is anything made as the difference to it.
        var difference = $$"""{"backup":{"volume_id":"{{Volume}}","incremental":true} }""";
        Assert.Contains("No backups available", await demo.Refused(400, "POST", "backups", difference), StringComparison.Ordinal);
        Assert.Empty(await Here.Cloud.Audit.Run(Cancel));
        Directory.Delete(folder);
    }
}
