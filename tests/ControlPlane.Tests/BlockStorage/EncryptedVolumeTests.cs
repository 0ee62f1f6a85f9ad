using System.Diagnostics;
using System.Globalization;
using System.Net;
using Cumulet.ControlPlane.Store;
using Cumulet.ControlPlane.Tests.Images;

namespace Cumulet.ControlPlane.Tests.BlockStorage;

/// <summary>Volumes of an encrypted type: encrypted in every layer, whatever they are made of, and nothing of their keys is left.</summary>
public sealed class EncryptedVolumeTests : IAsyncLifetime
{
    private const string Luks = """{"encryption":{"provider":"luks","control_location":"front-end","cipher":"aes-xts-plain64","key_size":256} }""";

    private readonly TestCloud _cloud = new();
    private readonly DirectoryInfo _scratch = Directory.CreateTempSubdirectory("cumulet-keys-");
    private VolumeClient _admin = null!;
    private VolumeClient _demo = null!;
    private string _type = "";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await _cloud.InitializeAsync();
        _admin = await VolumeClient.As(_cloud, "admin");
        _demo = await VolumeClient.As(_cloud, "demo");
        _type = await Type("secret", Luks);
    }

    public async ValueTask DisposeAsync()
    {
        _admin.Dispose();
        _demo.Dispose();
        await _cloud.DisposeAsync();
        _scratch.Delete(recursive: true);
    }

    [Fact]
    public async Task Volume_its_snapshots_and_copies_are_encrypted_and_read_the_same_through_every_change()
    {
        var volume = await _demo.Create("\"size\":1,\"volume_type\":\"secret\"");
        Write(volume, 1, 0, 64);
        var first = await _demo.Snapshot(volume);
        Write(volume, 2, 32, 64);
        var second = await _demo.Snapshot(volume);
        var clone = await _demo.Create($"\"snapshot_id\":\"{second}\"");
        var copy = await _demo.Create($"\"source_volid\":\"{volume}\",\"size\":2");
        Write(clone, 3, 0, 16);
        Write(volume, 4, 128, 8);
        await _demo.Action(volume, "os-extend", """{"new_size":2}""");
        await _demo.Until($"volumes/{volume}", "volume", "available");

        await Reads(volume, (0, 1), (32, 2), (95, 2), (128, 4));
        await Reads(clone, (0, 3), (16, 1), (32, 2), (128, 0));
        await Reads(copy, (0, 1), (32, 2), (128, 0));
        Assert.Equal(3, new HashSet<string>([await KeyOf(volume), await KeyOf(clone), await KeyOf(copy)]).Count);

        // Layers of one key are merged with each other, and one of another volume's key into the clone.
        await _demo.Expect(HttpStatusCode.Accepted, "DELETE", $"snapshots/{first}");
        await _demo.UntilGone($"snapshots/{first}");
        await _demo.Expect(HttpStatusCode.Accepted, "DELETE", $"snapshots/{second}");
        await _demo.UntilGone($"snapshots/{second}");
        foreach (var gone in (string[])[volume, copy])
        {
            await _demo.Expect(HttpStatusCode.Accepted, "DELETE", $"volumes/{gone}");
            await _demo.UntilGone($"volumes/{gone}");
        }
        await Eventually.Holds(() => Images.Layers.Ids(_cloud).Count == 1);
        await Reads(clone, (0, 3), (16, 1), (32, 2), (128, 0));
        Assert.Equal([await KeyOf(clone)], Keys());

        for (byte pattern = 1; pattern < 5; pattern++) Assert.False(IsPlain(pattern), $"pattern {pattern} can be read in the pool");
        Assert.Empty(await _cloud.Cloud.Audit.Run(Cancel));
        await _demo.Expect(HttpStatusCode.Accepted, "DELETE", $"volumes/{clone}");
        await _demo.UntilGone($"volumes/{clone}");
        await Eventually.Holds(() => Keys().Count == 0);
        Assert.Empty(await _cloud.Cloud.Audit.Run(Cancel));
    }

    [Fact]
    public async Task Api_tells_that_a_volume_is_encrypted_and_with_which_key_and_never_the_key()
    {
        var volume = await _demo.Create("\"size\":1,\"volume_type\":\"secret\"");
        var plain = await _demo.Create();

        var shown = (await _demo.Get($"volumes/{volume}")).GetProperty("volume");
        Assert.True(shown.GetProperty("encrypted").GetBoolean());
        var key = shown.GetProperty("encryption_key_id").GetString();
        Assert.Equal($$"""{"encryption_key_id":"{{key}}","provider":"luks","cipher":"aes-xts-plain64","key_size":256,"control_location":"front-end"}""",
            (await _demo.Get($"volumes/{volume}/encryption")).GetRawText());
        Assert.Equal(256, (await _demo.Get($"volumes/{volume}/encryption/key_size")).GetInt32());
        Assert.Equal(key, (await _demo.Get($"volumes/{volume}/encryption/encryption_key_id")).GetString());
        await _demo.Refused(404, "GET", $"volumes/{volume}/encryption/nothing");
        var other = (await _demo.Get($"volumes/{plain}")).GetProperty("volume");
        Assert.False(other.GetProperty("encrypted").GetBoolean());
        Assert.False(other.TryGetProperty("encryption_key_id", out _));
        Assert.Equal("""{"encryption_key_id":null}""", (await _demo.Get($"volumes/{plain}/encryption")).GetRawText());
        using (var old = await VolumeClient.As(_cloud, "demo", "3.63"))
            Assert.False((await old.Get($"volumes/{volume}")).GetProperty("volume").TryGetProperty("encryption_key_id", out _));

        var passphrase = Assert.Single(_cloud.Cloud.Rooms.Layers.Passphrases());
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(_cloud.StateDirectory, "volume-keys")));
        foreach (var file in Directory.EnumerateFiles(_cloud.StateDirectory, "*", SearchOption.AllDirectories).Where(f => !f.EndsWith("-shm", StringComparison.Ordinal)))
        {
            var bytes = Bytes(file);
            Assert.True(bytes.AsSpan().IndexOf(System.Text.Encoding.ASCII.GetBytes(passphrase)) < 0, file);
            Assert.True(bytes.AsSpan().IndexOf(Convert.FromHexString(passphrase)) < 0, file);
        }
    }

    [Fact]
    public async Task Volume_from_an_image_reads_the_image_and_writes_encrypted()
    {
        using var http = await _cloud.As("demo");
        var image = await http.CreateActive([.. Enumerable.Repeat((byte)9, 1 << 20)]);
        var volume = await _demo.Create($"\"size\":1,\"imageRef\":\"{image}\",\"volume_type\":\"secret\"");
        Write(volume, 1, 4, 4);

        await Reads(volume, (0, 9), (4, 1), (8, 9), (1024, 0));
        Assert.True((await _demo.Get($"volumes/{volume}")).GetProperty("volume").GetProperty("encrypted").GetBoolean());
        Assert.False(IsPlain(1));
        // What only the volume still needs of the image is taken into it, encrypted.
        using (var gone = await http.DeleteAsync($"/image/v2/images/{image}")) Assert.Equal(HttpStatusCode.NoContent, gone.StatusCode);
        await Eventually.Holds(() => Images.Layers.Ids(_cloud).Count == 1);
        await Reads(volume, (0, 9), (4, 1), (8, 9), (1024, 0));
        Assert.False(IsPlain(9));
    }

    [Fact]
    public async Task Backup_has_a_key_of_its_own_and_is_restored_when_its_volume_has_gone()
    {
        var volume = await _demo.Create("\"size\":1,\"volume_type\":\"secret\"");
        var plain = await _demo.Create();
        Write(volume, 1, 0, 64);
        var backup = (await _demo.Expect(HttpStatusCode.Accepted, "POST", "backups", $$"""{"backup":{"volume_id":"{{volume}}"} }""")).GetProperty("backup").GetProperty("id").GetString()!;
        var made = await _demo.Until($"backups/{backup}", "backup", "available");
        Assert.NotEqual(await KeyOf(volume), made.GetProperty("encryption_key_id").GetString());
        Assert.Contains("both be encrypted", await _demo.Refused(400, "POST", $"backups/{backup}/restore", $$"""{"restore":{"volume_id":"{{plain}}"} }"""), StringComparison.Ordinal);
        Write(volume, 2, 0, 64);
        await _demo.Expect(HttpStatusCode.Accepted, "POST", $"backups/{backup}/restore", $$"""{"restore":{"volume_id":"{{volume}}"} }""");
        await _demo.Until($"volumes/{volume}", "volume", "available");
        await Reads(volume, (0, 1), (63, 1), (64, 0));
        await _demo.Expect(HttpStatusCode.Accepted, "DELETE", $"volumes/{volume}");
        await _demo.UntilGone($"volumes/{volume}");

        var restored = (await _demo.Expect(HttpStatusCode.Accepted, "POST", $"backups/{backup}/restore", """{"restore":{"name":"again"} }"""))
            .GetProperty("restore").GetProperty("volume_id").GetString()!;
        var again = await _demo.Until($"volumes/{restored}", "volume", "available");
        Assert.True(again.GetProperty("encrypted").GetBoolean());
        Assert.Equal("secret", again.GetProperty("volume_type").GetString());
        await Reads(restored, (0, 1), (63, 1), (64, 0));
        Assert.False(IsPlain(1));
        await _demo.Expect(HttpStatusCode.Accepted, "DELETE", $"backups/{backup}");
        await _demo.UntilGone($"backups/{backup}");
        await Eventually.Holds(() => Images.Layers.Ids(_cloud).Count == 2);
        await Reads(restored, (0, 1), (64, 0));
        Assert.Equal([await KeyOf(restored)], Keys());
        Assert.Empty(await _cloud.Cloud.Audit.Run(Cancel));
    }

    [Fact]
    public async Task What_would_lay_an_encrypted_volume_open_is_refused()
    {
        var volume = await _demo.Create("\"size\":1,\"volume_type\":\"secret\"");
        var (snapshot, plain) = (await _demo.Snapshot(volume), await _demo.Create());
        var weak = await Type("other", Luks.Replace("256", "512", StringComparison.Ordinal));

        Assert.Contains("is encrypted, and an image", await _demo.Refused(400, "POST", $"volumes/{volume}/action", """{"os-volume_upload_image":{"image_name":"x"} }"""), StringComparison.Ordinal);
        Assert.Contains("migration_policy on-demand", await _demo.Refused(400, "POST", $"volumes/{plain}/action", """{"os-retype":{"new_type":"secret"} }"""), StringComparison.Ordinal);
        Assert.Contains("must not have snapshots", await _demo.Refused(400, "POST", $"volumes/{volume}/action", """{"os-retype":{"new_type":"__DEFAULT__","migration_policy":"on-demand"} }"""), StringComparison.Ordinal);
        foreach (var (source, type) in ((string, string)[])[
            ($"\"snapshot_id\":\"{snapshot}\"", "__DEFAULT__"), ($"\"source_volid\":\"{volume}\"", "__DEFAULT__"),
            ($"\"source_volid\":\"{volume}\"", weak), ($"\"source_volid\":\"{plain}\"", "secret")])
            Assert.Contains("not encrypted as the source", await _demo.Refused(400, "POST", "volumes", $$"""{"volume":{ {{source}},"volume_type":"{{type}}"} }"""), StringComparison.Ordinal);
        Assert.Contains("in use", await _admin.Refused(400, "DELETE", $"types/{_type}/encryption/provider"), StringComparison.Ordinal);
        Assert.Contains("in use", await _admin.Refused(400, "PUT", $"types/{_type}/encryption/provider", """{"encryption":{"key_size":512}}"""), StringComparison.Ordinal);
        using var old = await VolumeClient.As(_cloud, "demo", "3.69");
        Assert.Contains("encrypted volume is not supported", await old.Refused(400, "POST", "volume-transfers", $$"""{"transfer":{"volume_id":"{{volume}}"} }"""), StringComparison.Ordinal);
        Assert.Contains("without its snapshots", await _demo.Refused(400, "POST", "volume-transfers", $$"""{"transfer":{"volume_id":"{{volume}}","no_snapshots":true} }"""), StringComparison.Ordinal);
        await _demo.Expect(HttpStatusCode.Accepted, "POST", "volume-transfers", $$"""{"transfer":{"volume_id":"{{volume}}"} }""");
    }

    [Fact]
    public async Task Luks2_is_encrypted_and_shown_as_it_was_asked_for()
    {
        await Type("second", Luks.Replace("luks", "luks2", StringComparison.Ordinal));
        var volume = await _demo.Create("\"size\":1,\"volume_type\":\"second\"");
        Assert.Equal("luks2", (await _admin.Get($"volumes/{volume}/encryption")).GetProperty("provider").GetString());
        Write(volume, 7, 0, 64);
        Assert.False(IsPlain(7));
        await Reads(volume, (0, 7), (63, 7), (64, 0));
    }

    [Theory]
    [InlineData("provider", "\"plain\"", "set it to luks")]
    [InlineData("control_location", "\"back-end\"", "set it to front-end")]
    [InlineData("cipher", "\"twofish-xts-plain64\"", "set it to aes-xts-plain64")]
    [InlineData("key_size", "128", "set it to 256 or 512")]
    public async Task Encryption_that_is_not_to_be_had_is_refused_when_a_volume_is_made(string member, string value, string mend)
    {
        var type = await Type("odd", Luks);
        await _admin.Expect(HttpStatusCode.OK, "PUT", $"types/{type}/encryption/x", $$"""{"encryption":{"{{member}}":{{value}} } }""");
        var refusal = await _demo.Refused(400, "POST", "volumes", """{"volume":{"size":1,"volume_type":"odd"} }""");
        Assert.Contains(member, refusal, StringComparison.Ordinal);
        Assert.Contains(mend, refusal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Retype_between_encryptions_copies_the_volume_and_leaves_nothing_of_the_old_disk_and_its_key()
    {
        var volume = await _demo.Create();
        Write(volume, 7, 0, 64);
        var other = await Type("stronger", Luks.Replace("256", "512", StringComparison.Ordinal));

        var keys = new HashSet<string>();
        foreach (var type in (string[])["secret", other])
        {
            await _demo.Action(volume, "os-retype", $$"""{"new_type":"{{type}}","migration_policy":"on-demand"}""");
            await _demo.Until($"volumes/{volume}", "volume", "available");
            keys.Add(await KeyOf(volume));
            await Eventually.Holds(() => Images.Layers.Ids(_cloud).Count == 1 && Images.Layers.Files(_cloud).Count == 0);
            await Reads(volume, (0, 7), (63, 7), (64, 0));
            Assert.False(IsPlain(7));
            Assert.Equal([await KeyOf(volume)], Keys());
            Assert.Empty(await _cloud.Cloud.Audit.Run(Cancel));
        }
        Assert.Equal(2, keys.Count);
        await _demo.Action(volume, "os-retype", """{"new_type":"__DEFAULT__","migration_policy":"on-demand"}""");
        var plain = await _demo.Until($"volumes/{volume}", "volume", "available");
        Assert.Equal((false, "__DEFAULT__"), (plain.GetProperty("encrypted").GetBoolean(), plain.GetProperty("volume_type").GetString()));
        await Reads(volume, (0, 7), (63, 7), (64, 0));
        await Eventually.Holds(() => Images.Layers.Ids(_cloud).Count == 1 && Keys().Count == 0);
        Assert.Empty(await _cloud.Cloud.Audit.Run(Cancel));
    }

    [Fact]
    public async Task Multiattach_and_encryption_do_not_go_together()
    {
        var type = await Type("both", Luks);
        await _admin.Expect(HttpStatusCode.OK, "POST", $"types/{type}/extra_specs", """{"extra_specs":{"multiattach":"<is> True"} }""");
        Assert.Contains("Multiattach cannot be used with encrypted", await _demo.Refused(400, "POST", "volumes", """{"volume":{"size":1,"volume_type":"both"} }"""), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lost_master_key_is_named_and_opens_everything_when_it_is_back()
    {
        var volume = await _demo.Create("\"size\":1,\"volume_type\":\"secret\"");
        Write(volume, 1, 0, 64);
        var file = Path.Combine(_cloud.StateDirectory, "volume-keys");
        File.Move(file, file + ".away");
        await _cloud.Restart();
        using (var demo = await VolumeClient.As(_cloud, "demo"))
        {
            Assert.Contains("volume-keys is missing", await demo.Refused(503, "POST", "volumes", """{"volume":{"size":1,"volume_type":"secret"} }"""), StringComparison.Ordinal);
            await demo.Create();
            Assert.Contains(await _cloud.Cloud.Audit.Run(Cancel), f => f.Invariant == "secrets" && f.Text.Contains("volume-keys is missing", StringComparison.Ordinal));
            Assert.False(File.Exists(file), "a new master key would open none of the old keys");
        }
        File.Move(file + ".away", file);
        await _cloud.Restart();
        await Reads(volume, (0, 1), (64, 0));
        Assert.Empty(await _cloud.Cloud.Audit.Run(Cancel));
    }

    [Fact]
    public async Task Audit_names_keys_without_volumes_volumes_without_keys_and_layers_that_are_plain()
    {
        var volume = await _demo.Create("\"size\":1,\"volume_type\":\"secret\"");
        var plain = await _demo.Create();
        var layer = Head(volume);
        await Named("nobody needs the encryption key orphan", """INSERT INTO encryption_keys (id, bits, wrapped, created_at) VALUES ('orphan', 256, '', 0)""",
            "DELETE FROM encryption_keys WHERE id = 'orphan'");
        await Named("volume gone is not there, or has another key", """INSERT INTO encryption_key_holders (kind, holder_id, key_id) VALUES ('volume', 'gone', 'nothing')""",
            "DELETE FROM encryption_key_holders WHERE holder_id = 'gone'");
        await Named("is of the encrypted type secret and has no key", $"UPDATE volumes SET volume_type_id = '{_type}' WHERE id = '{plain}'",
            $"UPDATE volumes SET volume_type_id = (SELECT id FROM volume_types WHERE name = '__DEFAULT__') WHERE id = '{plain}'");
        await Named($"volume {volume} writes to layer {layer}, which is not encrypted with its key", $"UPDATE layers SET key_id = NULL WHERE id = '{layer}'",
            $"UPDATE layers SET key_id = (SELECT encryption_key_id FROM volumes WHERE id = '{volume}') WHERE id = '{layer}'");
        await Named($"layer {Head(plain)} is to be encrypted and is plain", $"UPDATE layers SET key_id = (SELECT key_id FROM layers WHERE id = '{layer}') WHERE id = '{Head(plain)}'",
            $"UPDATE layers SET key_id = NULL WHERE id = '{Head(plain)}'");
        await Named("does not open with the file volume-keys", "UPDATE encryption_keys SET id = id || 'x'", "UPDATE encryption_keys SET id = substr(id, 1, 36)");
        Assert.Empty(await _cloud.Cloud.Audit.Run(Cancel));
    }

    private async Task Named(string finding, string plant, string mend)
    {
        await _cloud.Cloud.Parts.Database.Write(tx => { tx.Execute(Sql.Raw(plant)); });
        Assert.Contains(await _cloud.Cloud.Audit.Run(Cancel), f => f.Text.Contains(finding, StringComparison.Ordinal));
        await _cloud.Cloud.Parts.Database.Write(tx => { tx.Execute(Sql.Raw(mend)); });
    }

    private async Task<string> Type(string name, string encryption)
    {
        var type = (await _admin.Expect(HttpStatusCode.OK, "POST", "types", $$"""{"volume_type":{"name":"{{name}}"} }""")).GetProperty("volume_type").GetProperty("id").GetString()!;
        await _admin.Expect(HttpStatusCode.OK, "POST", $"types/{type}/encryption", encryption);
        return type;
    }

    private async Task<string> KeyOf(string volume) => (await _demo.Get($"volumes/{volume}")).GetProperty("volume").GetProperty("encryption_key_id").GetString()!;

    private List<string> Keys() => _cloud.Cloud.Parts.Database.Read(tx => tx.Query($"SELECT id FROM encryption_keys", row => row.Text()));

    private Guid Head(string volume) => _cloud.Cloud.Parts.Database.Read(tx => tx.Query($"SELECT layer_id FROM volumes WHERE id = {volume}", row => Guid.Parse(row.Text()))).Single();

    /// <summary>Writes into the volume as a guest would, in KiB, with the tool of the second opinion.</summary>
    private void Write(string volume, byte pattern, int at, int length)
    {
        using var still = _cloud.Cloud.Rooms.Layers.HoldStill(Head(volume), Cancel).GetAwaiter().GetResult();
        var chain = _cloud.Cloud.Rooms.Layers.ChainOf(Head(volume));
        List<string> arguments = [];
        foreach (var layer in chain.Layers.Where(l => l.Key is not null))
        {
            var file = Path.Combine(_scratch.FullName, layer.Id.ToString());
            File.WriteAllText(file, layer.Key!.Passphrase);
            arguments.AddRange(["--object", $"secret,id=key-{layer.Id:N},file={file}"]);
        }
        using var writing = Process.Start(new ProcessStartInfo("qemu-io",
            [.. arguments, "-c", string.Create(CultureInfo.InvariantCulture, $"write -P {pattern} {at}k {length}k"), "-c", "flush", chain.ToJsonFilename()]) { RedirectStandardOutput = true })!;
        writing.StandardOutput.ReadToEnd();
        writing.WaitForExit();
        Assert.Equal(0, writing.ExitCode);
    }

    /// <summary>What the cloud itself reads at these KiB.</summary>
    private async Task Reads(string volume, params (int At, byte Pattern)[] expected)
    {
        await using var bytes = await _cloud.Cloud.Rooms.Layers.OpenRaw(Head(volume), Cancel);
        foreach (var (at, pattern) in expected)
        {
            bytes.Position = at * 1024L;
            Assert.Equal((at, pattern), (at, (byte)bytes.ReadByte()));
        }
    }

    private bool IsPlain(byte pattern)
    {
        byte[] block = [.. Enumerable.Repeat(pattern, 1024)];
        return Directory.EnumerateFiles(Path.Combine(_cloud.StateDirectory, "disks", "layers")).Any(f => Bytes(f).AsSpan().IndexOf(block) >= 0);
    }

    private static byte[] Bytes(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return bytes;
    }
}
