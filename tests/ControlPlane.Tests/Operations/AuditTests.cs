using System.Diagnostics;
using Cumulet.ControlPlane.Compute.Hypervisor;
using Cumulet.ControlPlane.Store;
using Cumulet.ControlPlane.Tests.BlockStorage;
using Cumulet.ControlPlane.Tests.Compute;

namespace Cumulet.ControlPlane.Tests.Operations;

/// <summary>Each invariant is broken behind the cloud's back, and the audit names it; before and afterwards it is clean.</summary>
public sealed class AuditTests : IAsyncLifetime
{
    private readonly ServerCloud _servers = new();

    private Cloud Cloud => _servers.Cloud.Cloud;

    public ValueTask InitializeAsync() => _servers.InitializeAsync();

    public ValueTask DisposeAsync() => _servers.DisposeAsync();

    [Fact]
    public async Task Report_names_the_eleven_invariants()
    {
        var (status, text) = await Cloud.Audit.Report(TestContext.Current.CancellationToken);
        Assert.Equal((200, "clean: processes, files, network, addresses, quota, attachments, data, states, errors, secrets, handles\n"), (status, text));
    }

    [Fact]
    public async Task Guest_that_is_gone_without_a_word_is_named()
    {
        var id = await Server();
        await Planted("processes", $"server {id} is active and has no guest",
            () => _servers.Hypervisor.Destroy(Guid.Parse(id), TestContext.Current.CancellationToken), () => Task.CompletedTask, mended: false);
    }

    [Fact]
    public async Task File_without_a_row_and_row_without_a_file_are_named()
    {
        var stray = Path.Combine(_servers.Cloud.StateDirectory, "disks", "layers", $"{Guid.NewGuid()}.raw");
        await Planted("files", "belongs to no row", () => File.WriteAllTextAsync(stray, "x"), () => Gone(stray));
        var layer = await VolumeLayer();
        await Planted("files", $"layer {layer.Id} has no file", () => Move(layer.Path, layer.Path + ".away"), () => Move(layer.Path + ".away", layer.Path));
    }

    [Fact]
    public async Task Address_of_no_port_is_named()
    {
        await Rows($"""
            INSERT INTO ip_allocations (subnet_id, ip_key, ip_address, network_id, port_id, position)
            SELECT id, 'key', '10.0.0.99', network_id, 'nobody', 0 FROM subnets WHERE cidr = '10.0.0.0/24'
            """);
        await Named("addresses", "address 10.0.0.99 is given to port nobody");
    }

    [Fact]
    public async Task Claim_on_a_host_of_nobody_is_named()
    {
        var id = await Server();
        await Planted("quota", $"server {id} takes room on host elsewhere",
            () => Rows($"UPDATE servers SET host = 'elsewhere' WHERE id = {id}"), () => Rows($"UPDATE servers SET host = 'test-host' WHERE id = {id}"));
        await Planted("quota", "consumer nobody is not there",
            () => Rows($"INSERT INTO placement_allocations (consumer_id, provider_id, resource_class, used) VALUES ('nobody', 'nowhere', 'VCPU', 1)"),
            () => Rows($"DELETE FROM placement_allocations"));
    }

    [Fact]
    public async Task Attachment_that_only_one_side_knows_is_named()
    {
        using var volumes = await VolumeClient.As(_servers.Cloud, "demo");
        var (server, volume) = (await Server(), await volumes.Create());
        await Planted("attachments", $"volume {volume} is in-use and attached to nothing",
            () => Rows($"UPDATE volumes SET status = 'in-use' WHERE id = {volume}"), () => Rows($"UPDATE volumes SET status = 'available' WHERE id = {volume}"));
        await _servers.Demo.Post($"servers/{server}/os-volume_attachments", $$"""{"volumeAttachment":{"volumeId":"{{volume}}"} }""", 200);
        await volumes.Until($"volumes/{volume}", "volume", "in-use");
        var device = (await _servers.Hypervisor.DisksOf(Guid.Parse(server), TestContext.Current.CancellationToken))!.Keys.Single(k => k[0] == 'v');
        await Planted("attachments", $"server {server} has disk {device} and its guest does not",
            () => _servers.Hypervisor.DetachDisk(Guid.Parse(server), device, TestContext.Current.CancellationToken), () => Task.CompletedTask, mended: false);
    }

    [Fact]
    public async Task Disk_that_is_not_what_its_row_says_is_named()
    {
        var layer = await VolumeLayer();
        var whole = await File.ReadAllBytesAsync(layer.Path, TestContext.Current.CancellationToken);
        await Planted("data", $"layer {layer.Id} is a disk of",
            () => Run("qemu-img", "resize", "-q", "-f", "qcow2", layer.Path, "3G"), () => File.WriteAllBytesAsync(layer.Path, whole));
        await Planted("data", $"layer {layer.Id}", () => File.WriteAllBytesAsync(layer.Path, new byte[4096]), () => File.WriteAllBytesAsync(layer.Path, whole));
    }

    [Fact]
    public async Task State_that_nothing_carries_on_is_named()
    {
        using var volumes = await VolumeClient.As(_servers.Cloud, "demo");
        var volume = await volumes.Create();
        await Planted("states", $"volume {volume} is extending and nothing carries it on",
            () => Rows($"UPDATE volumes SET status = 'extending' WHERE id = {volume}"), () => Rows($"UPDATE volumes SET status = 'available' WHERE id = {volume}"));
    }

    [Fact]
    public async Task Request_that_was_answered_with_a_500_is_named()
    {
        await Rows($"ALTER TABLE flavors RENAME TO flavors_away");
        using var client = await _servers.Cloud.As("demo");
        using var answer = await client.GetAsync("/compute/v2.1/flavors");
        Assert.Equal(500, (int)answer.StatusCode);
        await Rows($"ALTER TABLE flavors_away RENAME TO flavors");
        await Named("errors", "a request was answered with 500: compute req-");
    }

    [Fact]
    public async Task Secret_that_others_could_read_is_named()
    {
        var keys = Path.Combine(_servers.Cloud.StateDirectory, "token-keys");
        await Planted("secrets", "token-keys is open to others", () => Mode(keys, "644"), () => Mode(keys, "600"));
        await Planted("secrets", "the password of user", () => Rows($"UPDATE identity_passwords SET hash = 'x' || hash"), () => Rows($"UPDATE identity_passwords SET hash = substr(hash, 2)"));
        var log = Path.Combine(_servers.Cloud.StateDirectory, "cumulet.log");
        await Planted("secrets", "cumulet.log holds a key", () => Copy(keys, log), () => Gone(log));
        using var leak = Process.Start(new ProcessStartInfo("sleep", ["60"]) { Environment = { ["LEAK"] = File.ReadAllLines(keys)[0] } })!;
        await Named("secrets", $"process {leak.Id} (sleep) has a key of token-keys in its environ");
        leak.Kill();
        await leak.WaitForExitAsync(TestContext.Current.CancellationToken);
        await Clean();
    }

    [Fact]
    public async Task Deleted_layer_that_is_still_open_is_named()
    {
        using var volumes = await VolumeClient.As(_servers.Cloud, "demo");
        var volume = await volumes.Create();
        var layer = Cloud.Rooms.Layers.ChainOf(LayerOf(volume)).Top;
        using (File.OpenRead(layer.Path))
        {
            await volumes.Expect(System.Net.HttpStatusCode.Accepted, "DELETE", $"volumes/{volume}");
            await volumes.UntilGone($"volumes/{volume}");
            await Images.Eventually.Holds(() => !File.Exists(layer.Path));
            await Named("handles", $"the daemon keeps {Path.GetFileName(layer.Path)} open, which is deleted");
        }
        await Clean();
    }

    private async Task Planted(string invariant, string text, Func<Task> plant, Func<Task> mend, bool mended = true)
    {
        await Clean();
        await plant();
        await Named(invariant, text);
        await mend();
        if (mended) await Clean();
    }

    private async Task Named(string invariant, string text)
    {
        var findings = await Cloud.Audit.Run(TestContext.Current.CancellationToken);
        Assert.Contains(findings, f => f.Invariant == invariant && f.Text.Contains(text, StringComparison.Ordinal));
        Assert.Equal(409, (await Cloud.Audit.Report(TestContext.Current.CancellationToken)).Status);
    }

    private async Task Clean()
    {
        await Cloud.Parts.Sagas.Settled();
        await Images.Eventually.Holds(async () => (await Cloud.Audit.Run(TestContext.Current.CancellationToken)).Count == 0);
    }

    private async Task<string> Server()
    {
        var id = await _servers.Create(_servers.ImageBody("audited"));
        await _servers.Becomes(id, "ACTIVE");
        return id;
    }

    private async Task<Disks.DiskLayer> VolumeLayer()
    {
        using var volumes = await VolumeClient.As(_servers.Cloud, "demo");
        return Cloud.Rooms.Layers.ChainOf(LayerOf(await volumes.Create())).Top;
    }

    private Guid LayerOf(string volume) =>
        Cloud.Parts.Database.Read(tx => tx.Query($"SELECT layer_id FROM volumes WHERE id = {volume}", row => Guid.Parse(row.Text()))).Single();

    private Task Rows(Sql statement) => Cloud.Parts.Database.Write(tx => { tx.Execute(statement); });

    private static Task Gone(string path)
    {
        File.Delete(path);
        return Task.CompletedTask;
    }

    private static Task Move(string from, string to)
    {
        File.Move(from, to);
        return Task.CompletedTask;
    }

    private static Task Copy(string from, string to)
    {
        File.Copy(from, to);
        return Task.CompletedTask;
    }

    private static Task Mode(string path, string mode) => Run("chmod", mode, path);

    private static async Task Run(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, process.ExitCode);
    }
}
