using System.Diagnostics;
using System.Security.Cryptography;
using Cumulet.ControlPlane.Layers;
using Cumulet.ControlPlane.Tests.BlockStorage;
using Cumulet.ControlPlane.Tests.Images;

namespace Cumulet.ControlPlane.Tests.LayerStore;

/// <summary>Chains of layers get shorter by themselves, and what is read through them stays the same.</summary>
public sealed class MergeTests : IAsyncLifetime
{
    private readonly TestCloud _cloud = new();
    private VolumeClient _demo = null!;
    private string _volume = "";

    public async ValueTask InitializeAsync()
    {
        await _cloud.InitializeAsync();
        _demo = await VolumeClient.As(_cloud, "demo");
        _volume = await _demo.Create();
    }

    public async ValueTask DisposeAsync()
    {
        _demo.Dispose();
        await _cloud.DisposeAsync();
    }

    [Fact]
    public async Task Deleted_snapshot_gives_its_layer_back_and_no_block_changes()
    {
        Write(1, 0, 64);
        Write(1, 200, 8);
        var first = await _demo.Snapshot(_volume);
        Write(2, 32, 64);
        var second = await _demo.Snapshot(_volume);
        Write(3, 80, 8);
        var (volume, kept) = (await Hash(Head()), await Hash(SnapshotLayer(second)));
        Assert.Equal(3, Depth(Head()));

        await _demo.Expect(System.Net.HttpStatusCode.Accepted, "DELETE", $"snapshots/{first}");
        await Eventually.Holds(() => Depth(Head()) == 2);

        Assert.Equal((volume, kept), (await Hash(Head()), await Hash(SnapshotLayer(second))));
        await _demo.Expect(System.Net.HttpStatusCode.Accepted, "DELETE", $"snapshots/{second}");
        await Eventually.Holds(() => Images.Layers.Ids(_cloud).Count == 1 && Images.Layers.Files(_cloud).Count == 0);
        Assert.Equal(volume, await Hash(Head()));
        Assert.Empty(await _cloud.Cloud.Audit.Run(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Chain_stays_under_its_depth_while_every_snapshot_keeps_what_it_saw()
    {
        using (var admin = await _cloud.As("admin"))
        using (var answer = await admin.PutAsync($"/volume/v3/{_cloud.First.AdminProjectId}/os-quota-sets/{_cloud.First.DemoProjectId}",
            TestCloud.Body("""{"quota_set":{"snapshots":-1} }"""))) Assert.True(answer.IsSuccessStatusCode);
        var seen = new List<(string Snapshot, string Hash)>();
        for (var i = 0; i < LayerMerger.MaxDepth + 6; i++)
        {
            Write((byte)(i + 1), i * 8, 16);
            var hash = await Hash(Head());
            seen.Add((await _demo.Snapshot(_volume), hash));
        }

        await Eventually.Holds(() => Images.Layers.Ids(_cloud).All(id => Depth(id) <= LayerMerger.MaxDepth));

        foreach (var (snapshot, hash) in seen) Assert.Equal(hash, await Hash(SnapshotLayer(snapshot)));
        Assert.Equal(seen[^1].Hash, await Hash(Head()));
        Assert.Contains("to merge", _cloud.Cloud.Parts.Database.Read(_cloud.Cloud.Rooms.Layers.Summary), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whoever_needs_the_layer_breaks_a_merge_off()
    {
        var gates = new LayerGates();
        var (mine, other) = (Guid.NewGuid(), Guid.NewGuid());
        var cancel = TestContext.Current.CancellationToken;
        var merge = gates.TryMerge(mine, cancel)!;
        Assert.Null(gates.TryMerge(other, cancel));
        (await gates.Still([other], cancel)).Dispose();
        Assert.False(merge.Broken.IsCancellationRequested);

        var still = gates.Still([other, mine], cancel);
        await Eventually.Holds(() => merge.Broken.IsCancellationRequested);
        Assert.False(still.IsCompleted);
        merge.Dispose();
        var held = await still;
        Assert.Null(gates.TryMerge(mine, cancel));
        held.Dispose();
        using var again = gates.TryMerge(mine, cancel);
        Assert.NotNull(again);
    }

    private Guid Head() => LayerOf("volumes", _volume);

    private Guid SnapshotLayer(string id) => LayerOf("snapshots", id);

    private Guid LayerOf(string table, string id) => _cloud.Cloud.Parts.Database.Read(tx => tx.Query(
        $"SELECT layer_id FROM {Store.Sql.Raw(table)} WHERE id = {id}", row => Guid.Parse(row.Text()))).Single();

    private int Depth(Guid layer)
    {
        try
        {
            return _cloud.Cloud.Rooms.Layers.ChainOf(layer).Layers.Count;
        }
        catch (Exception e) when (e is Disks.DiskException or ArgumentOutOfRangeException)
        {
            return 0; // it went while we looked
        }
    }

    private async Task<string> Hash(Guid layer)
    {
        await using var bytes = await _cloud.Cloud.Rooms.Layers.OpenRaw(layer, TestContext.Current.CancellationToken);
        // All that the tests write lies in there; the rest of the GiB would only take time.
        var beginning = new byte[1 << 20];
        await bytes.ReadExactlyAsync(beginning, TestContext.Current.CancellationToken);
        return Convert.ToHexString(SHA256.HashData(beginning));
    }

    /// <summary>Writes into the volume as a guest would, in KiB.</summary>
    private void Write(byte pattern, int at, int length)
    {
        using var still = _cloud.Cloud.Rooms.Layers.HoldStill(Head(), TestContext.Current.CancellationToken).GetAwaiter().GetResult();
        using var writing = Process.Start(new ProcessStartInfo("qemu-io",
            ["-c", $"write -P {pattern} {at}k {length}k", _cloud.Cloud.Rooms.Layers.ChainOf(Head()).ToJsonFilename()]) { RedirectStandardOutput = true })!;
        writing.StandardOutput.ReadToEnd();
        writing.WaitForExit();
        Assert.Equal(0, writing.ExitCode);
    }
}
