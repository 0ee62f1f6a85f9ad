using System.Net;
using Cumulet.ControlPlane.Tests.Images;

namespace Cumulet.ControlPlane.Tests.BlockStorage;

/// <summary>Disks that leave the cloud's books, stay in the pool and come back.</summary>
public sealed class ManageableTests : IAsyncLifetime
{
    private const string Host = "test-host@local#local";
    private readonly TestCloud _cloud = new();
    private VolumeClient _admin = null!;
    private VolumeClient _demo = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await _cloud.InitializeAsync();
        (_admin, _demo) = (await VolumeClient.As(_cloud, "admin"), await VolumeClient.As(_cloud, "demo"));
    }

    public async ValueTask DisposeAsync()
    {
        _admin.Dispose();
        _demo.Dispose();
        await _cloud.DisposeAsync();
    }

    [Fact]
    public async Task Unmanaged_volume_is_gone_but_its_disk_stays_and_comes_back_as_another_volume()
    {
        var volume = await _demo.Create("\"size\":3");
        var layer = Layer("volumes", volume);
        await _demo.Refused(403, "POST", $"volumes/{volume}/action", """{"os-unmanage":{} }""");
        await _admin.Action(volume, "os-unmanage");
        await _demo.UntilGone($"volumes/{volume}");
        Assert.Contains(layer, Images.Layers.Ids(_cloud));
        Assert.Empty(await _cloud.Cloud.Audit.Run(Cancel));
        Assert.Equal($"volume-{volume} 3 True  ", await Listed("manageable_volumes"));

        var managed = (await _admin.Expect(HttpStatusCode.Accepted, "POST", "manageable_volumes", $$"""
            {"volume":{"host":"{{Host}}","ref":{"source-name":"volume-{{volume}}"},"name":"back","bootable":true,"metadata":{"a":"b"} } }
            """)).GetProperty("volume");
        var again = managed.GetProperty("id").GetString()!;
        Assert.NotEqual(volume, again);
        Assert.Equal((3, "back", "true", "b"), (managed.GetProperty("size").GetInt32(), managed.GetProperty("name").GetString(),
            managed.GetProperty("bootable").GetString(), managed.GetProperty("metadata").GetProperty("a").GetString()));
        await _admin.Until($"volumes/{again}", "volume", "available");
        Assert.Equal(layer, Layer("volumes", again));
        Assert.Equal($"volume-{again} 3 False already managed {again}", await Listed("manageable_volumes"));
        Assert.Contains("managed already", await _admin.Refused(400, "POST", "manageable_volumes",
            $$"""{"volume":{"host":"{{Host}}","ref":{"source-name":"volume-{{volume}}"} } }"""), StringComparison.Ordinal);
        await _admin.Expect(HttpStatusCode.Accepted, "DELETE", $"volumes/{again}");
        await Eventually.Holds(() => Images.Layers.Ids(_cloud).Count == 0);
        Assert.Empty(await _cloud.Cloud.Audit.Run(Cancel));
    }

    [Fact]
    public async Task Unmanaged_snapshot_keeps_its_content_and_comes_back_for_its_volume_only()
    {
        var volume = await _admin.Create("\"size\":1");
        var other = await _admin.Create("\"size\":1");
        var snapshot = await _admin.Snapshot(volume);
        var layer = Layer("snapshots", snapshot);
        await _admin.Expect(HttpStatusCode.Accepted, "POST", $"snapshots/{snapshot}/action", """{"os-unmanage":null}""");
        await _admin.UntilGone($"snapshots/{snapshot}");
        Assert.Contains(layer, Images.Layers.Ids(_cloud));
        Assert.Contains("have snapshots", await _admin.Refused(400, "POST", $"volumes/{volume}/action", """{"os-unmanage":{} }"""), StringComparison.Ordinal);
        Assert.Equal($"_snapshot-{snapshot} 1 True  ", await Listed("manageable_snapshots"));

        string Body(string of) => $$"""{"snapshot":{"volume_id":"{{of}}","ref":"_snapshot-{{snapshot}}","name":"kept","metadata":{"a":"b"} } }""";
        Assert.Contains($"snapshot of volume {volume}", await _admin.Refused(400, "POST", "os-snapshot-manage", Body(other)), StringComparison.Ordinal);
        var again = (await _admin.Expect(HttpStatusCode.Accepted, "POST", "os-snapshot-manage", Body(volume))).GetProperty("snapshot").GetProperty("id").GetString()!;
        var shown = (await _admin.Get($"snapshots/{again}")).GetProperty("snapshot");
        Assert.Equal(("available", "kept", volume), (shown.GetProperty("status").GetString(), shown.GetProperty("name").GetString(), shown.GetProperty("volume_id").GetString()));
        Assert.Equal(layer, Layer("snapshots", again));
        await _admin.Create($"\"snapshot_id\":\"{again}\"");
        Assert.Empty(await _cloud.Cloud.Audit.Run(Cancel));
    }

    [Fact]
    public async Task Unmanaged_snapshot_goes_with_its_volume()
    {
        var volume = await _admin.Create();
        var snapshot = await _admin.Snapshot(volume);
        await _admin.Expect(HttpStatusCode.Accepted, "POST", $"snapshots/{snapshot}/action", """{"os-unmanage":{} }""");
        await _admin.Expect(HttpStatusCode.Accepted, "DELETE", $"volumes/{volume}");
        await _admin.UntilGone($"volumes/{volume}");
        await Eventually.Holds(() => Images.Layers.Ids(_cloud).Count == 0);
        Assert.Empty(await _cloud.Cloud.Audit.Run(Cancel));
    }

    [Fact]
    public async Task What_cannot_be_managed_is_refused_with_its_reason()
    {
        var volume = await _admin.Create();
        Assert.Contains("host", await _admin.Refused(400, "GET", "manageable_volumes"), StringComparison.Ordinal);
        Assert.Contains("on host elsewhere", await _admin.Refused(400, "GET", "manageable_volumes?host=elsewhere@local"), StringComparison.Ordinal);
        Assert.Contains("sort key", await _admin.Refused(400, "GET", $"manageable_volumes?host={Uri.EscapeDataString(Host)}&sort=name"), StringComparison.Ordinal);
        Assert.Contains("limit", await _admin.Refused(400, "GET", $"manageable_volumes?host={Uri.EscapeDataString(Host)}&limit=x"), StringComparison.Ordinal);
        foreach (var reference in (string[])["{}", """{"source-name":"volume-none"}""", """{"source-name":7}""", "\"../x\""])
            Assert.Contains("invalid backend reference", await _admin.Refused(400, "POST", "manageable_volumes",
                $$"""{"volume":{"host":"{{Host}}","ref":{{reference}} } }"""), StringComparison.Ordinal);
        await _admin.Action(volume, "os-unmanage");
        await _admin.Expect(HttpStatusCode.OK, "POST", "types", """{"volume_type":{"name":"many","extra_specs":{"multiattach":"<is> True"} } }""");
        Assert.Contains("type mismatch", await _admin.Refused(400, "POST", "manageable_volumes",
            $$"""{"volume":{"host":"{{Host}}","ref":{"source-name":"volume-{{volume}}"},"volume_type":"many"} }"""), StringComparison.Ordinal);
        Assert.Empty(await _cloud.Cloud.Audit.Run(Cancel));
    }

    // Name, size, whether it is safe to manage, why not, id: one line for each disk.
    private async Task<string> Listed(string path)
    {
        var answer = await _admin.Get($"{path}/detail?host={Uri.EscapeDataString(Host)}");
        return string.Join('\n', answer.EnumerateObject().Single().Value.EnumerateArray().Select(d =>
            $"{d.GetProperty("reference").GetProperty("source-name").GetString()} {d.GetProperty("size").GetInt32()} {d.GetProperty("safe_to_manage").GetBoolean()} {d.GetProperty("reason_not_managed").GetString()} {d.GetProperty("cinder_id").GetString()}"));
    }

    private Guid Layer(string table, string id) => _cloud.Cloud.Parts.Database.Read(tx => table == "volumes"
        ? tx.Query($"SELECT layer_id FROM volumes WHERE id = {id}", row => Guid.Parse(row.Text()))
        : tx.Query($"SELECT layer_id FROM snapshots WHERE id = {id}", row => Guid.Parse(row.Text()))).Single();
}
