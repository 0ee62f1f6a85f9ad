using Cumulet.Disks.Encryption;

namespace Cumulet.Disks.Tests;

public sealed class EncryptionTests : PoolTest
{
    private static LayerKey Key(int seed = 1, int bits = 256) => LayerKey.Of(Noise(LayerKey.SecretBytes, seed), bits);

    private static LayerRef Ref(Guid id, LayerKey key) => new(id, DiskFormat.Qcow2, key);

    // What a guest does, with the tool of the second opinion, which takes its key from a file.
    private (int Code, string Output) Io(DiskChain chain, params string[] commands)
    {
        List<string> arguments = [];
        foreach (var layer in chain.Layers.Where(l => l.Key is not null))
        {
            var file = Scratch(layer.SecretId);
            File.WriteAllText(file, layer.Key!.Passphrase);
            arguments.AddRange(["--object", $"secret,id={layer.SecretId},file={file}"]);
        }

        return Shell.Try("qemu-io", [.. arguments, .. commands.SelectMany(c => (string[])["-c", c]), chain.ToJsonFilename()]);
    }

    private void Do(DiskChain chain, params string[] commands)
    {
        var (code, output) = Io(chain, commands);
        Assert.True(code == 0 && !output.Contains("verification failed", StringComparison.Ordinal), output);
    }

    private static bool Holds(string path, ReadOnlySpan<byte> text) => File.ReadAllBytes(path).AsSpan().IndexOf(text) >= 0;

    private static byte[] Pattern(byte value) => [.. Enumerable.Repeat(value, 4096)];

    [Theory]
    [InlineData(256)]
    [InlineData(512)]
    public async Task Blank_with_a_key_is_opened_by_qemu_with_it_and_not_without(int bits)
    {
        var (id, key) = (Guid.NewGuid(), Key(bits: bits));
        var layer = await Pool.BlankAsync(id, 3L << 30, DiskFormat.Qcow2, key, Token);
        var chain = Pool.Open([Ref(id, key)]);

        Do(chain, "write -P 7 0 1M", $"write -P 8 {(3L << 30) - 512} 512", "flush");

        Do(chain, "read -P 7 0 1M", "read -P 0 1M 1M", $"read -P 8 {(3L << 30) - 512} 512");
        Assert.Contains("Invalid password", Io(Pool.Open([Ref(id, Key(2, bits))]), "read 0 512").Output, StringComparison.Ordinal);
        var info = Shell.Run("qemu-img", "info", "-f", "qcow2", layer.Path);
        Assert.Contains("format: luks", info, StringComparison.Ordinal);
        Assert.Contains(bits == 256 ? "aes-128" : "aes-256", info, StringComparison.Ordinal);
        Assert.Contains("extended l2: true", info, StringComparison.Ordinal);
        Assert.False(Holds(layer.Path, Pattern(7)));
        Assert.True(Pool.IsEncrypted(Ref(id, key)));
        await Pool.CheckAsync([Ref(id, key)], Token);
    }

    [Fact]
    public async Task Blank_costs_milliseconds_and_little_space()
    {
        var id = Guid.NewGuid();
        await Pool.BlankAsync(id, 1L << 40, DiskFormat.Qcow2, Key(), Token);

        Assert.True(Pool.Usage(Ref(id, Key())).Allocated <= 512 << 10, $"{Pool.Usage(Ref(id, Key())).Allocated} bytes");
    }

    [Fact]
    public async Task Blank_twice_with_a_key_is_once_and_a_plain_layer_of_that_id_is_in_the_way()
    {
        var (id, plain) = (Guid.NewGuid(), Guid.NewGuid());
        var first = await Pool.BlankAsync(id, MiB, DiskFormat.Qcow2, Key(), Token);
        var bytes = File.ReadAllBytes(first.Path);
        await Pool.BlankAsync(id, MiB, DiskFormat.Qcow2, Key(), Token);
        await Pool.BlankAsync(plain, MiB, DiskFormat.Qcow2, null, Token);

        Assert.Equal(bytes, File.ReadAllBytes(first.Path));
        var failure = await Assert.ThrowsAsync<DiskException>(() => Pool.BlankAsync(plain, MiB, DiskFormat.Qcow2, Key(), Token));
        Assert.Equal(DiskFault.Conflict, failure.Fault);
    }

    [Fact]
    public async Task Each_layer_of_one_key_has_a_data_key_of_its_own()
    {
        var (one, two) = (Guid.NewGuid(), Guid.NewGuid());
        foreach (var id in (Guid[])[one, two])
        {
            await Pool.BlankAsync(id, MiB, DiskFormat.Qcow2, Key(), Token);
            Do(Pool.Open([Ref(id, Key())]), "write -P 7 0 64k", "flush");
        }

        byte[] Data(Guid id) => File.ReadAllBytes(Pool.Open([Ref(id, Key())]).Top.Path)[^65_536..];
        Assert.NotEqual(Data(one), Data(two));
    }

    [Fact]
    public async Task Clone_on_a_plain_image_reads_it_and_writes_encrypted()
    {
        var (image, head) = (Guid.NewGuid(), Guid.NewGuid());
        var key = Key();
        await Import(image, [.. Enumerable.Repeat((byte)5, (int)MiB)]);
        await Pool.CloneAsync(head, [Raw(image)], 2 * MiB, key, Token);
        var chain = Pool.Open([Ref(head, key), Raw(image)]);

        Do(chain, "write -P 7 4k 4k", "read -P 5 0 4k", "read -P 7 4k 4k", "read -P 5 8k 4k", "flush");

        Assert.False(Holds(chain.Top.Path, Pattern(7)));
    }

    [Fact]
    public async Task Fork_resize_merge_copy_and_export_go_through_layers_of_several_keys()
    {
        var (first, second, clone, copy) = (Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid());
        var (mine, other, third) = (Key(1), Key(2), Key(3, 512));
        await Pool.BlankAsync(first, 4 * MiB, DiskFormat.Qcow2, mine, Token);
        Do(Pool.Open([Ref(first, mine)]), "write -P 1 0 64k", "flush");
        await Pool.ForkAsync([Ref(first, mine)], second, Token);
        Do(Pool.Open([Ref(second, mine), Ref(first, mine)]), "write -P 2 64k 64k", "flush");
        await Pool.SealAsync(Ref(second, mine), Token);
        LayerRef[] chain = [Ref(clone, other), Ref(second, mine), Ref(first, mine)];
        await Pool.CloneAsync(clone, chain[1..], 4 * MiB, other, Token);
        Do(Pool.Open(chain), "write -P 3 128k 64k", "flush");
        string[] all = ["read -P 1 0 64k", "read -P 2 64k 64k", "read -P 3 128k 64k", "read -P 0 192k 64k"];

        await Pool.ResizeAsync(chain, 8 * MiB, Token);
        await Pool.MergeAsync(chain, 1, Token);
        LayerRef[] merged = [chain[0], chain[2]];
        Do(Pool.Open(merged), [.. all, "read -P 0 4M 4M"]);
        await Pool.MergeAsync(merged, 1, Token);
        Do(Pool.Open([chain[0]]), [.. all, "read -P 0 4M 4M"]);
        await Pool.CopyAsync(copy, chain[..1], DiskFormat.Qcow2, null, third, Token);
        Do(Pool.Open([Ref(copy, third)]), [.. all, "read -P 0 4M 4M"]);
        await using var raw = await Pool.ExportAsync([Ref(copy, third)], ExportAs.Raw, Token);
        var bytes = new byte[8 * MiB];
        await raw.ReadExactlyAsync(bytes, Token);

        Assert.Equal((1, 2, 3, 0), (bytes[0], bytes[65_536], bytes[131_072], bytes[^1]));
        Assert.Equal(8 * MiB, Pool.Usage(Ref(copy, third)).Virtual);
        foreach (var path in Directory.GetFiles(Path.Combine(Root, "layers")))
            Assert.DoesNotContain((byte[])[1, 2, 3], pattern => Holds(path, Pattern(pattern)));
        await Pool.CheckAsync([Ref(copy, third)], Token);
        Assert.Empty(Staged());
    }

    [Fact]
    public async Task Tools_are_given_keys_that_no_argument_and_no_error_shows()
    {
        var (id, key) = (Guid.NewGuid(), Key());
        await Pool.BlankAsync(id, MiB, DiskFormat.Qcow2, key, Token);
        var layer = Pool.Open([Ref(id, key)]).Top;
        using var secrets = Sandbox.ToolSecrets.Of([layer, layer]);

        Assert.Equal(4, secrets.Arguments.Count);
        Assert.DoesNotContain(key.Passphrase, string.Join(' ', secrets.Arguments), StringComparison.Ordinal);
        Assert.DoesNotContain(key.Passphrase, layer.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(key.Passphrase, Ref(id, key).ToString(), StringComparison.Ordinal);
        var wrong = await Assert.ThrowsAsync<DiskException>(() => Pool.CheckAsync([Ref(id, Key(2))], Token));
        Assert.DoesNotContain(key.Passphrase, wrong.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(Key(2).Passphrase, wrong.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Merge_in_a_chain_too_deep_for_a_note_of_it_leaves_every_block_as_it_was()
    {
        var key = Key();
        var chain = new List<LayerRef>();
        for (byte i = 0; i < 14; i++)
        {
            var id = Guid.NewGuid();
            if (i == 0) await Pool.BlankAsync(id, 4 * MiB, DiskFormat.Qcow2, key, Token);
            else
            {
                await Pool.SealAsync(chain[0], Token);
                await Pool.CloneAsync(id, chain, 4 * MiB, key, Token);
            }
            chain.Insert(0, Ref(id, key));
            Do(Pool.Open(chain), $"write -P {i + 1} {i * 64}k 64k", "flush");
        }
        string[] all = [.. Enumerable.Range(0, 14).Select(i => $"read -P {i + 1} {i * 64}k 64k")];

        await Pool.MergeAsync(chain, 1, Token);
        chain.RemoveAt(1);

        Do(Pool.Open(chain), all);
        Assert.Equal($"{chain[1].Id}.qcow2", Stamp(chain[0]));
        await Pool.MergeAsync(chain, 1, Token);
        await Pool.CheckAsync(chain, Token);
    }

    private string? Stamp(LayerRef layer)
    {
        using var file = File.OpenHandle(Pool.Open([layer]).Top.Path);
        return Cumulet.Disks.Qcow2.Qcow2Stamp.Read(Inspection.ByteSource.Of(file))?.BackingFile;
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Difference_holds_what_one_chain_reads_differently_than_another(bool encrypted)
    {
        var (old, now, copy, difference) = (Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid());
        var (mine, kept, another) = encrypted ? (Key(1), Key(2), Key(3)) : default((LayerKey?, LayerKey?, LayerKey?));
        LayerRef Layer(Guid id, LayerKey? key) => new(id, DiskFormat.Qcow2, key);
        await Pool.BlankAsync(old, 64 * MiB, DiskFormat.Qcow2, mine, Token);
        Do(Pool.Open([Layer(old, mine)]), "write -P 1 0 32M", "flush");
        await Pool.CopyAsync(copy, [Layer(old, mine)], DiskFormat.Qcow2, null, kept, Token);
        await Pool.SealAsync(Layer(copy, kept), Token);
        await Pool.ForkAsync([Layer(old, mine)], now, Token);
        LayerRef[] source = [Layer(now, mine), Layer(old, mine)];
        await Pool.ResizeAsync(source, 80 * MiB, Token);
        // Written again as it was, written otherwise, emptied, and beyond the old end.
        Do(Pool.Open(source), "write -P 1 0 1M", "write -P 2 1M 1M", "write -z 2M 1M", "write -P 3 70M 1M", "flush");

        await Pool.DifferenceAsync(difference, source, [Layer(copy, kept)], another, Token);
        await Pool.DifferenceAsync(difference, source, [Layer(copy, kept)], another, Token);

        LayerRef[] made = [Layer(difference, another), Layer(copy, kept)];
        Do(Pool.Open(made), "read -P 1 0 1M", "read -P 2 1M 1M", "read -P 0 2M 1M", "read -P 1 3M 29M", "read -P 0 32M 38M", "read -P 3 70M 1M", "read -P 0 71M 9M");
        Assert.True(Pool.Usage(made[0]).Allocated < 5 * MiB, $"{Pool.Usage(made[0]).Allocated} bytes for three MiB that differ");
        Assert.Equal(80 * MiB, Pool.Usage(made[0]).Virtual);
        Assert.Equal(encrypted, Pool.IsEncrypted(made[0]));
        await Pool.CheckAsync(made, Token);
        Assert.Empty(Staged());
        var open = await Assert.ThrowsAsync<DiskException>(() => Pool.DifferenceAsync(Guid.NewGuid(), made, source, another, Token));
        Assert.Equal(DiskFault.WrongState, open.Fault);
    }
}
