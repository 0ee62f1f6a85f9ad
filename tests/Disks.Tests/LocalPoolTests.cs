using System.Security.Cryptography;

namespace Cumulet.Disks.Tests;

public sealed class LocalPoolTests : PoolTest
{
    [Fact]
    public async Task Import_raw_keeps_bytes_and_reports_hashes()
    {
        var bytes = Noise(5 * (int)MiB + 777);
        bytes.AsSpan((int)MiB, 2 * (int)MiB).Clear();
        var id = Guid.NewGuid();

        var imported = await Import(id, bytes, expected: bytes.Length);

        Assert.Equal(bytes.Length, imported.Size);
        Assert.Equal(bytes.Length, imported.VirtualSize);
        Assert.Equal(Convert.ToHexStringLower(MD5.HashData(bytes)), imported.Checksum);
        Assert.Equal(Convert.ToHexStringLower(SHA512.HashData(bytes)), imported.Sha512);
        Assert.Equal(bytes, await File.ReadAllBytesAsync(imported.Layer.Path, Token));
        Assert.True(Pool.Usage(Raw(id)).Allocated < 4 * MiB, "zeros are holes");
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.StickyBit, File.GetUnixFileMode(imported.Layer.Path));
        Assert.Empty(Staged());
    }

    [Fact]
    public async Task Import_twice_returns_the_same_and_refuses_other_bytes()
    {
        var id = Guid.NewGuid();
        var first = await Import(id, Noise(100_000));

        Assert.Equal(first, await Import(id, Noise(100_000)));
        var conflict = await Assert.ThrowsAsync<DiskException>(() => Import(id, Noise(100_000, seed: 2)));
        Assert.Equal(DiskFault.Conflict, conflict.Fault);
        Assert.Equal(Noise(100_000), await File.ReadAllBytesAsync(first.Layer.Path, Token));
    }

    [Theory]
    [InlineData(99_999, DiskFault.TooLarge)]
    [InlineData(100_001, DiskFault.Truncated)]
    public async Task Import_of_another_length_leaves_nothing(long expected, DiskFault fault)
    {
        var failed = await Assert.ThrowsAsync<DiskException>(() => Import(Guid.NewGuid(), Noise(100_000), expected: expected));

        Assert.Equal(fault, failed.Fault);
        Assert.Empty(Staged());
        Assert.Empty(Directory.GetFiles(Path.Combine(Root, "layers")));
    }

    [Fact]
    public async Task Import_whose_stream_breaks_leaves_nothing()
    {
        await Assert.ThrowsAsync<EndOfStreamException>(
            () => Pool.ImportAsync(Guid.NewGuid(), new BrokenStream(3 * MiB), Terms(DiskFormat.Raw), Token));

        Assert.Empty(Staged());
        Assert.Empty(Directory.GetFiles(Path.Combine(Root, "layers")));
    }

    [Fact]
    public async Task Import_over_the_limit_stops_reading()
    {
        var endless = new BrokenStream(1L << 40);
        var failed = await Assert.ThrowsAsync<DiskException>(
            () => Pool.ImportAsync(Guid.NewGuid(), endless, Terms(DiskFormat.Raw, max: 2 * MiB), Token));

        Assert.Equal(DiskFault.TooLarge, failed.Fault);
        Assert.InRange(endless.Given, 2 * MiB, 8 * MiB);
    }

    [Fact]
    public async Task Import_of_an_id_being_written_is_refused()
    {
        var id = Guid.NewGuid();
        var slow = new GatedStream();
        var first = Pool.ImportAsync(id, slow, Terms(DiskFormat.Raw), Token);

        var second = await Assert.ThrowsAsync<DiskException>(() => Import(id, Noise(10)));
        slow.Open();

        Assert.Equal(DiskFault.Conflict, second.Fault);
        Assert.Equal(GatedStream.Size, (await first).Size);
    }

    [Fact]
    public async Task Clones_of_clones_read_through_and_keep_apart()
    {
        var (image, a, b, c) = (Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid());
        var bytes = new byte[4 * MiB];
        bytes.AsSpan(0, 65536).Fill(1);
        await Import(image, bytes);

        await Pool.CloneAsync(a, [Raw(image)], 64 * MiB, null, Token);
        Write(Pool.Open([Qcow2(a), Raw(image)]), MiB, 2);
        await Pool.ForkAsync([Qcow2(a), Raw(image)], b, Token);
        await Pool.CloneAsync(c, [Qcow2(a), Raw(image)], 128 * MiB, null, Token);
        var (second, third) = (Pool.Open([Qcow2(b), Qcow2(a), Raw(image)]), Pool.Open([Qcow2(c), Qcow2(a), Raw(image)]));
        Write(second, 2 * MiB, 3);
        Write(third, (128 * MiB) - 65536, 4);

        Assert.True(Reads(second, 0, 1) && Reads(second, MiB, 2) && Reads(second, 2 * MiB, 3));
        Assert.True(Reads(third, 0, 1) && Reads(third, MiB, 2) && Reads(third, 2 * MiB, 0) && Reads(third, (128 * MiB) - 65536, 4));
        Assert.True(Reads(third, 63 * MiB, 0), "past the end of the base reads as zeros");
        Assert.Equal(128 * MiB, Pool.Usage(Qcow2(c)).Virtual);
        await Pool.CheckAsync([Qcow2(c), Qcow2(a), Raw(image)], Token);
    }

    [Fact]
    public async Task Check_of_a_damaged_layer_fails()
    {
        var id = Guid.NewGuid();
        var layer = await Pool.BlankAsync(id, 64 * MiB, DiskFormat.Qcow2, null, Token);
        Write(Pool.Open([Qcow2(id)]), 0, 1);
        await Pool.CheckAsync([Qcow2(id)], Token);
        using (var file = File.OpenHandle(layer.Path, FileMode.Open, FileAccess.Write))
        {
            RandomAccess.Write(file, new byte[16], 2 << 17); // the counts of the first clusters
        }

        var damaged = await Assert.ThrowsAsync<DiskException>(() => Pool.CheckAsync([Qcow2(id)], Token));
        Assert.Equal(DiskFault.ToolFailed, damaged.Fault);
    }

    [Fact]
    public async Task Every_maker_starts_over_what_a_crash_left_in_staging()
    {
        var (image, clone, raw, copy) = (Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid());
        foreach (var name in (string[])[$"{image}.raw", $"{clone}.qcow2", $"{raw}.raw", $"{copy}.qcow2"])
        {
            await File.WriteAllBytesAsync(Path.Combine(Root, "staging", name), Noise(3 * (int)MiB, seed: 9), Token);
        }

        var bytes = Noise((int)MiB);
        var imported = await Import(image, bytes);
        await Pool.CloneAsync(clone, [Raw(image)], MiB, null, Token);
        var blank = await Pool.BlankAsync(raw, MiB, DiskFormat.Raw, null, Token);
        await Pool.CopyAsync(copy, [Qcow2(clone), Raw(image)], DiskFormat.Qcow2, null, null, Token);

        Assert.Equal(bytes, await File.ReadAllBytesAsync(imported.Layer.Path, Token));
        Assert.Equal(bytes, await ReadAll([Qcow2(clone), Raw(image)], ExportAs.Raw));
        Assert.Equal(bytes, await ReadAll([Qcow2(copy)], ExportAs.Raw));
        Assert.Equal(new byte[MiB], await File.ReadAllBytesAsync(blank.Path, Token));
        Assert.Empty(Staged());
    }

    [Fact]
    public async Task Clone_on_a_head_or_smaller_than_its_base_is_refused()
    {
        var head = Guid.NewGuid();
        await Pool.BlankAsync(head, 10 * MiB, DiskFormat.Qcow2, null, Token);

        var open = await Assert.ThrowsAsync<DiskException>(() => Pool.CloneAsync(Guid.NewGuid(), [Qcow2(head)], 10 * MiB, null, Token));
        await Pool.SealAsync(Qcow2(head), Token);
        var small = await Assert.ThrowsAsync<DiskException>(() => Pool.CloneAsync(Guid.NewGuid(), [Qcow2(head)], 9 * MiB, null, Token));

        Assert.Equal(DiskFault.WrongState, open.Fault);
        Assert.Equal(DiskFault.BadSize, small.Fault);
    }

    [Fact]
    public async Task Every_verb_done_twice_has_one_effect()
    {
        var (image, head, next, raw, copy) = (Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid());
        await Import(image, Noise((int)MiB));
        for (var run = 0; run < 2; run++)
        {
            await Pool.BlankAsync(raw, 8 * MiB, DiskFormat.Raw, null, Token);
            await Pool.CloneAsync(head, [Raw(image)], 2 * MiB, null, Token);
        }

        for (var run = 0; run < 2; run++)
        {
            await Pool.ResizeAsync([Qcow2(head), Raw(image)], 5 * MiB, Token);
        }

        for (var run = 0; run < 2; run++)
        {
            await Pool.ForkAsync([Qcow2(head), Raw(image)], next, Token);
            await Pool.CopyAsync(copy, [Qcow2(head), Raw(image)], DiskFormat.Qcow2, 9 * MiB, null, Token);
        }

        Assert.Equal(5 * MiB, Pool.Usage(Qcow2(next)).Virtual);
        Assert.Equal(9 * MiB, Pool.Usage(Qcow2(copy)).Virtual);
        for (var run = 0; run < 2; run++)
        {
            foreach (var id in (Guid[])[next, head, image, raw, copy])
            {
                await Pool.DeleteAsync(id, Token);
            }
        }

        Assert.Empty(Directory.GetFiles(Path.Combine(Root, "layers")));
        Assert.Empty(Staged());
    }

    [Fact]
    public async Task Blank_of_an_id_with_another_size_is_a_conflict()
    {
        var id = Guid.NewGuid();
        await Pool.BlankAsync(id, MiB, DiskFormat.Qcow2, null, Token);

        foreach (var (size, format) in ((long, DiskFormat)[])[(2 * MiB, DiskFormat.Qcow2), (MiB, DiskFormat.Raw)])
        {
            var conflict = await Assert.ThrowsAsync<DiskException>(() => Pool.BlankAsync(id, size, format, null, Token));
            Assert.Equal(DiskFault.Conflict, conflict.Fault);
        }
    }

    [Fact]
    public async Task Resize_never_shrinks_and_never_touches_a_sealed_layer()
    {
        var (id, raw) = (Guid.NewGuid(), Guid.NewGuid());
        await Pool.BlankAsync(id, 10 * MiB, DiskFormat.Qcow2, null, Token);
        await Pool.BlankAsync(raw, 10 * MiB, DiskFormat.Raw, null, Token);
        await Pool.ResizeAsync([Raw(raw)], 20 * MiB, Token);
        var smaller = await Assert.ThrowsAsync<DiskException>(() => Pool.ResizeAsync([Qcow2(id)], 9 * MiB, Token));
        await Pool.SealAsync(Qcow2(id), Token);
        var isSealed = await Assert.ThrowsAsync<DiskException>(() => Pool.ResizeAsync([Qcow2(id)], 30 * MiB, Token));
        await Pool.UnsealAsync(Qcow2(id), Token);
        await Pool.ResizeAsync([Qcow2(id)], 30 * MiB, Token);

        Assert.Equal(DiskFault.BadSize, smaller.Fault);
        Assert.Equal(DiskFault.WrongState, isSealed.Fault);
        Assert.Equal(20 * MiB, new FileInfo(Pool.Open([Raw(raw)]).Top.Path).Length);
        Assert.Equal(30 * MiB, Pool.Usage(Qcow2(id)).Virtual);
    }

    [Fact]
    public async Task Resize_of_a_disk_in_use_is_busy()
    {
        var id = Guid.NewGuid();
        await Pool.BlankAsync(id, 10 * MiB, DiskFormat.Qcow2, null, Token);
        using var user = new DiskUser(Pool.Open([Qcow2(id)]));

        var busy = await Assert.ThrowsAsync<DiskException>(() => Pool.ResizeAsync([Qcow2(id)], 20 * MiB, Token));

        Assert.Equal(DiskFault.Busy, busy.Fault);
        Assert.Equal(10 * MiB, Pool.Usage(Qcow2(id)).Virtual);
    }

    [Fact]
    public async Task Export_gives_what_a_guest_reads_or_the_file_as_uploaded()
    {
        var (image, head) = (Guid.NewGuid(), Guid.NewGuid());
        var bytes = Noise((int)MiB);
        await Import(image, bytes);
        await Pool.CloneAsync(head, [Raw(image)], 3 * MiB, null, Token);
        Write(Pool.Open([Qcow2(head), Raw(image)]), 2 * MiB, 9);

        var guest = await ReadAll([Qcow2(head), Raw(image)], ExportAs.Raw);
        var file = await ReadAll([Qcow2(head), Raw(image)], ExportAs.AsUploaded);

        Assert.Equal(3 * MiB, guest.Length);
        Assert.Equal(bytes, guest[..(int)MiB]);
        Assert.All(guest[(int)(2 * MiB)..(int)((2 * MiB) + 65536)], b => Assert.Equal(9, b));
        Assert.Equal(bytes, await ReadAll([Raw(image)], ExportAs.Raw));
        Assert.Equal(await File.ReadAllBytesAsync(Pool.Open([Qcow2(head)]).Top.Path, Token), file);
        Assert.Empty(Staged());
    }

    [Theory]
    [InlineData("vmdk", DiskFormat.Vmdk)]
    [InlineData("vdi", DiskFormat.Vdi)]
    [InlineData("vpc", DiskFormat.Vhd)]
    [InlineData("vhdx", DiskFormat.Vhdx)]
    [InlineData("qcow2", DiskFormat.Qcow2)]
    public async Task Copy_makes_a_bootable_layer_of_a_foreign_upload(string driver, DiskFormat format)
    {
        var bytes = Noise((int)MiB);
        await File.WriteAllBytesAsync(Scratch("disk.raw"), bytes, Token);
        string[] options = driver == "vpc" ? ["-o", "force_size=on"] : [];
        Shell.Run("qemu-img", ["convert", "-f", "raw", "-O", driver, .. options, Scratch("disk.raw"), Scratch("upload")]);
        var (upload, copy) = (Guid.NewGuid(), Guid.NewGuid());
        var imported = await Import(upload, await File.ReadAllBytesAsync(Scratch("upload"), Token), format);

        var layer = await Pool.CopyAsync(copy, [new(upload, format)], DiskFormat.Raw, null, null, Token);

        Assert.Equal(MiB, imported.VirtualSize);
        Assert.Equal(bytes, await File.ReadAllBytesAsync(layer.Path, Token));
    }

    [Fact]
    public async Task Merge_keeps_every_block_and_needs_the_middle_no_more()
    {
        var (image, a, b, c) = (Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid());
        await Import(image, Noise((int)MiB));
        await Pool.CloneAsync(a, [Raw(image)], 16 * MiB, null, Token);
        Write(Pool.Open([Qcow2(a), Raw(image)]), 2 * MiB, 2);
        Write(Pool.Open([Qcow2(a), Raw(image)]), 3 * MiB, 2);
        await Pool.ForkAsync([Qcow2(a), Raw(image)], b, Token);
        Write(Pool.Open([Qcow2(b), Qcow2(a), Raw(image)]), 3 * MiB, 3);
        await Pool.ForkAsync([Qcow2(b), Qcow2(a), Raw(image)], c, Token);
        var before = await ReadAll([Qcow2(c), Qcow2(b), Qcow2(a), Raw(image)], ExportAs.Raw);

        for (var run = 0; run < 2; run++)
        {
            await Pool.MergeAsync([Qcow2(b), Qcow2(a), Raw(image)], 1, Token);
        }

        Assert.Equal(before, await ReadAll([Qcow2(c), Qcow2(b), Qcow2(a), Raw(image)], ExportAs.Raw));
        await Pool.DeleteAsync(a, Token);
        Assert.Equal(before, await ReadAll([Qcow2(c), Qcow2(b), Raw(image)], ExportAs.Raw));
        Assert.Contains($"{image}.raw", Shell.Run("qemu-img", "info", Pool.Open([Qcow2(b)]).Top.Path), StringComparison.Ordinal);
        await Pool.MergeAsync([Qcow2(b), Raw(image)], 1, Token);
        await Pool.DeleteAsync(image, Token);
        Assert.Equal(before, await ReadAll([Qcow2(c), Qcow2(b)], ExportAs.Raw));
    }

    [Fact]
    public async Task Merge_of_several_layers_keeps_every_block()
    {
        var (image, a, b, c) = (Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid());
        await Import(image, Noise((int)MiB));
        await Pool.CloneAsync(a, [Raw(image)], 16 * MiB, null, Token);
        Write(Pool.Open([Qcow2(a), Raw(image)]), 2 * MiB, 2);
        await Pool.ForkAsync([Qcow2(a), Raw(image)], b, Token);
        Write(Pool.Open([Qcow2(b), Qcow2(a), Raw(image)]), 3 * MiB, 3);
        await Pool.ForkAsync([Qcow2(b), Qcow2(a), Raw(image)], c, Token);
        var before = await ReadAll([Qcow2(c), Qcow2(b), Qcow2(a), Raw(image)], ExportAs.Raw);

        await Pool.MergeAsync([Qcow2(c), Qcow2(b), Qcow2(a), Raw(image)], 2, Token);

        Assert.Equal(before, await ReadAll([Qcow2(c), Raw(image)], ExportAs.Raw));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Pool.MergeAsync([Qcow2(c), Raw(image)], 2, Token));
    }

    [Fact]
    public async Task A_merge_killed_at_any_moment_reads_the_same_and_ends_when_repeated()
    {
        var (a, b, c) = (Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid());
        await Pool.BlankAsync(a, 32 * MiB, DiskFormat.Qcow2, null, Token);
        Shell.Run("qemu-io", "-c", "write -P 5 0 24M", Pool.Open([Qcow2(a)]).ToJsonFilename());
        await Pool.ForkAsync([Qcow2(a)], b, Token);
        Write(Pool.Open([Qcow2(b), Qcow2(a)]), MiB, 6);
        await Pool.ForkAsync([Qcow2(b), Qcow2(a)], c, Token);
        var before = await HashOf([Qcow2(c), Qcow2(b), Qcow2(a)]);
        var killed = 0;
        for (var delay = 0; delay <= 60; delay += 5)
        {
            using var kill = CancellationTokenSource.CreateLinkedTokenSource(Token);
            kill.CancelAfter(delay);
            try
            {
                await Pool.MergeAsync([Qcow2(b), Qcow2(a)], 1, kill.Token);
            }
            catch (OperationCanceledException)
            {
                killed++;
                Assert.Equal(before, await HashOf([Qcow2(c), Qcow2(b), Qcow2(a)]));
            }
        }

        await Pool.MergeAsync([Qcow2(b), Qcow2(a)], 1, Token);

        Assert.True(killed > 0, "no merge was killed");
        await Pool.DeleteAsync(a, Token);
        Assert.Equal(before, await HashOf([Qcow2(c), Qcow2(b)]));
        await Pool.CheckAsync([Qcow2(b)], Token);
    }

    [Fact]
    public async Task Recover_closes_a_sealed_layer_that_a_killed_merge_left_open()
    {
        var (a, b) = (Guid.NewGuid(), Guid.NewGuid());
        var layer = await Pool.BlankAsync(a, MiB, DiskFormat.Qcow2, null, Token);
        await Pool.ForkAsync([Qcow2(a)], b, Token);
        var isSealed = File.GetUnixFileMode(layer.Path);
        File.SetUnixFileMode(layer.Path, isSealed | UnixFileMode.UserWrite | UnixFileMode.GroupWrite);

        Pool.Recover(new HashSet<Guid> { a, b });

        Assert.Equal(isSealed, File.GetUnixFileMode(layer.Path));
    }

    [Fact]
    public async Task Recover_clears_staging_and_names_orphans_and_missing()
    {
        var (known, orphan, lost) = (Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid());
        await Pool.BlankAsync(known, MiB, DiskFormat.Qcow2, null, Token);
        await Pool.BlankAsync(orphan, MiB, DiskFormat.Raw, null, Token);
        await File.WriteAllBytesAsync(Path.Combine(Root, "staging", $"{Guid.NewGuid()}.raw"), Noise(100), Token);
        await File.WriteAllBytesAsync(Path.Combine(Root, "layers", "notes.txt"), Noise(100), Token);

        var inventory = Pool.Recover(new HashSet<Guid> { known, lost });

        Assert.Equal([orphan], inventory.Orphans.Select(o => o.Id));
        Assert.Equal([lost], inventory.Missing);
        Assert.Equal(["notes.txt"], inventory.Strangers);
        Assert.Equal(1, inventory.Cleared);
        Assert.Empty(Staged());
        Assert.Equal(2 * MiB, Pool.Capacity().Virtual);
    }

    [Fact]
    public async Task A_pool_at_its_floor_refuses_new_work()
    {
        var full = new Local.LocalPool(new(Root) { ReservedBytes = long.MaxValue / 2 });

        var blank = await Assert.ThrowsAsync<DiskException>(() => full.BlankAsync(Guid.NewGuid(), MiB, DiskFormat.Raw, null, Token));

        Assert.Equal(DiskFault.NoSpace, blank.Fault);
        Assert.Equal(0, full.Capacity().Free);
        Assert.Empty(Staged());
    }

    [Fact]
    public async Task A_cancelled_copy_ends_its_tool_and_leaves_nothing()
    {
        var image = Guid.NewGuid();
        await Import(image, Noise(64 * (int)MiB));
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var copy = Pool.CopyAsync(Guid.NewGuid(), [Raw(image)], DiskFormat.Qcow2, null, null, cancel.Token);
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => copy);
        Assert.Empty(Staged());
        Assert.Single(Directory.GetFiles(Path.Combine(Root, "layers")));
    }

    private async Task<Digest> HashOf(IReadOnlyList<LayerRef> chain)
    {
        await using var stream = await Pool.ExportAsync(chain, ExportAs.Raw, Token);
        return await Digest.OfAsync(stream, Token);
    }

    private async Task<byte[]> ReadAll(IReadOnlyList<LayerRef> chain, ExportAs form)
    {
        await using var stream = await Pool.ExportAsync(chain, form, Token);
        using var memory = new MemoryStream();
        await stream.CopyToAsync(memory, Token);
        return memory.ToArray();
    }
}
