using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Cumulet.Disks.Sandbox;

namespace Cumulet.Disks.Tests;

/// <summary>What happens when a hostile image gets past the inspection: the tool cannot do harm. The files are put into
/// the pool by hand, as a daemon with a bug would.</summary>
public sealed class ConfinementTests(Corpus corpus) : PoolTest, IClassFixture<Corpus>
{
    private Guid Plant(byte[] bytes, DiskFormat format)
    {
        var id = Guid.NewGuid();
        var path = PathOf(id, format.Name());
        File.WriteAllBytes(path, bytes);
        File.SetUnixFileMode(path, (UnixFileMode)0b110_110_110);
        return id;
    }

    [Fact]
    public async Task A_data_file_of_the_host_is_not_read()
    {
        Assert.SkipUnless(Confinement.HasLandlock, "the kernel has no Landlock");
        var bytes = corpus.Create("-f", "qcow2", "-o", $"data_file={corpus.Path("data")},data_file_raw=on", "FILE", "64K");
        var text = Encoding.Latin1.GetString(bytes).Replace(corpus.Path("data"), corpus.Canary[..corpus.Path("data").Length], StringComparison.Ordinal);
        var link = corpus.Canary[..corpus.Path("data").Length];
        File.Copy(corpus.Canary, link, overwrite: true);
        var hostile = Encoding.Latin1.GetBytes(text);
        File.WriteAllBytes(Scratch("hostile"), hostile);
        Shell.Run("qemu-img", "convert", "-f", "qcow2", "-O", "raw", Scratch("hostile"), Scratch("leaked"));
        Assert.Contains(corpus.Marker, await File.ReadAllTextAsync(Scratch("leaked"), Token), StringComparison.Ordinal); // the attack works when nothing hinders it

        var failed = await Assert.ThrowsAsync<DiskException>(() => Pool.CopyAsync(Guid.NewGuid(), [Qcow2(Plant(hostile, DiskFormat.Qcow2))], DiskFormat.Raw, null, null, Token));

        Assert.Equal(DiskFault.ToolFailed, failed.Fault);
        Assert.Contains("Permission denied", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_backing_file_in_a_header_is_never_followed()
    {
        var id = Plant(corpus.Create("-f", "qcow2", "-b", corpus.Canary, "-F", "raw", "FILE"), DiskFormat.Qcow2);

        var layer = await Pool.CopyAsync(Guid.NewGuid(), [Qcow2(id)], DiskFormat.Raw, null, null, Token);

        Assert.All(await File.ReadAllBytesAsync(layer.Path, Token), b => Assert.Equal(0, b));
    }

    [Fact]
    public async Task No_connection_leaves_the_tool()
    {
        using var port = new TcpListener(IPAddress.Loopback, 0);
        port.Start();
        var bytes = corpus.Create("-f", "qcow2", "-u", "-b", $"nbd://127.0.0.1:{((IPEndPoint)port.LocalEndpoint).Port}/x", "-F", "raw", "FILE", "1M");
        var path = PathOf(Plant(bytes, DiskFormat.Qcow2));
        var connecting = Task.Run(() => Shell.Try("qemu-img", "info", "--backing-chain", "-f", "qcow2", path), Token);
        using (await port.AcceptTcpClientAsync(Token))
        {
            // The attack works when nothing hinders it.
        }

        await connecting;
        var tool = new ToolProcess(new() { WallFactor = 1, CpuSeconds = 5 }, Root); // a connected tool would wait for a greeting

        var failed = await Assert.ThrowsAsync<DiskException>(() => tool.RunAsync(
            new(["info", "--backing-chain", "-f", "qcow2", "layers/" + Path.GetFileName(path)], [path], [], 1 << 20, 0), Token));
        Assert.Contains("Failed to connect", failed.Message, StringComparison.Ordinal);
        Assert.False(port.Pending(), "the tool connected");
    }

    [Theory]
    [InlineData("""json:{"driver":"nbd","server":{"type":"inet","host":"127.0.0.1","port":"PORT"}}""")]
    [InlineData("""json:{"driver":"raw","file":{"driver":"nbd","server":{"type":"inet","host":"127.0.0.1","port":"PORT"}}}""")]
    [InlineData("nbd+tcp://127.0.0.1:PORT/x")]
    [InlineData("http://127.0.0.1:PORT/x")]
    [InlineData("""json:{"driver":"https","url":"https://127.0.0.1:PORT/x","sslverify":"off"}""")]
    [InlineData("ssh://127.0.0.1:PORT/x")]
    [InlineData("ftp://127.0.0.1:PORT/x")]
    public async Task Nobody_connects_to_the_port_of_a_backing_file(string backing)
    {
        using var port = new TcpListener(IPAddress.Loopback, 0);
        port.Start();
        var named = backing.Replace("PORT", $"{((IPEndPoint)port.LocalEndpoint).Port}", StringComparison.Ordinal);
        var bytes = corpus.Create("-f", "qcow2", "-u", "-b", named, "-F", "raw", "FILE", "1M");
        Assert.Contains("backing file", Corpus.Refusal(DiskFormat.Qcow2, bytes), StringComparison.Ordinal);

        // Past the inspection: what is in the pool is read by its own chain, and nothing else is heard of.
        var id = Plant(bytes, DiskFormat.Qcow2);
        var copy = await Pool.CopyAsync(Guid.NewGuid(), [Qcow2(id)], DiskFormat.Raw, null, null, Token);
        Assert.All(await File.ReadAllBytesAsync(copy.Path, Token), b => Assert.Equal(0, b));
        var tool = new ToolProcess(new() { WallFactor = 1, CpuSeconds = 5 }, Root);
        await Assert.ThrowsAsync<DiskException>(() => tool.RunAsync(
            new(["info", "--backing-chain", "-f", "qcow2", $"layers/{id}.qcow2"], [PathOf(id)], [], 1 << 20, 0), Token));
        Assert.False(port.Pending(), "the tool connected");
    }

    [Theory]
    [InlineData(512, true)]
    [InlineData(2048, false)]
    public async Task The_limit_of_memory_holds(int mebibytes, bool isTooLittle)
    {
        // A program that wants 900 MiB at once stands for an image that makes qemu-img want them.
        var probe = Path.Combine(AppContext.BaseDirectory, $"hungry-{mebibytes}.sh");
        await File.WriteAllTextAsync(probe, "#!/bin/sh\nexec 1>&2\ndd if=/proc/version bs=900M count=1\nexit 3\n", Token);
        File.SetUnixFileMode(probe, (UnixFileMode)0b111_101_101);
        var tool = new ToolProcess(new() { QemuImgPath = probe, Memory = mebibytes * MiB }, Root);
        var ended = await Assert.ThrowsAsync<DiskException>(() => tool.RunAsync(new(["x"], ["/proc"], [], 1 << 20, 0), Token));
        Assert.Equal(isTooLittle, ended.Message.Contains("memory exhausted", StringComparison.Ordinal));
        Assert.Equal(!isTooLittle, ended.Message.Contains("Linux version", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_limit_of_cpu_time_ends_a_bomb()
    {
        var path = PathOf(Plant(SnapshotBomb(), DiskFormat.Qcow2));
        Assert.Contains("internal snapshots", Corpus.Refusal(DiskFormat.Qcow2, await File.ReadAllBytesAsync(path, Token)), StringComparison.Ordinal);
        var tool = new ToolProcess(new() { CpuSeconds = 1 }, Root);

        var ended = await Assert.ThrowsAsync<DiskException>(() => tool.RunAsync(new(["info", "-f", "qcow2", "layers/" + Path.GetFileName(path)], [path], [], 1 << 20, 0), Token));

        Assert.Equal(DiskFault.ToolFailed, ended.Fault);
        Assert.Contains("ended by signal", ended.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_limit_of_file_size_ends_a_flood()
    {
        var source = Guid.NewGuid();
        await Import(source, Noise(4 * (int)MiB));
        var target = Scratch("disks/staging/target.raw");
        File.WriteAllBytes(target, []);
        File.SetUnixFileMode(target, (UnixFileMode)0b110_110_110);
        var tool = new ToolProcess(new(), Root);

        await Assert.ThrowsAsync<DiskException>(() => tool.RunAsync(
            new(["convert", "-f", "raw", "-O", "raw", $"layers/{source}.raw", "staging/target.raw"], [PathOf(source, "raw")], [target], MiB, 0), Token));

        Assert.True(new FileInfo(target).Length <= MiB);
    }

    // As many internal snapshots as the header can count; listing them takes a reader about 20 s.
    private byte[] SnapshotBomb()
    {
        const int Count = 65_535, EntryBytes = 64;
        var image = corpus.Good[DiskFormat.Qcow2];
        var place = (image.Length + 65_535) & ~65_535;
        var bomb = new byte[place + (Count * EntryBytes)];
        image.CopyTo(bomb, 0);
        BinaryPrimitives.WriteUInt32BigEndian(bomb.AsSpan(60), Count);
        BinaryPrimitives.WriteInt64BigEndian(bomb.AsSpan(64), place);
        for (var i = 0; i < Count; i++)
        {
            // An entry of 40 bytes with the length of its id at 12 and of its extra data at 36; then both.
            var entry = bomb.AsSpan(place + (i * EntryBytes), EntryBytes);
            BinaryPrimitives.WriteUInt16BigEndian(entry[12..], 5);
            BinaryPrimitives.WriteUInt32BigEndian(entry[36..], 16);
            Encoding.ASCII.GetBytes(i.ToString("00000", CultureInfo.InvariantCulture), entry[56..]);
        }

        return bomb;
    }

    private string PathOf(Guid id, string ending = "qcow2") => Path.Combine(Root, "layers", $"{id}.{ending}");

    [Fact]
    public async Task The_tool_has_no_privilege_and_sees_only_its_files()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root has something to give up");
        File.WriteAllText(Scratch("probe"), $"""
            #!/bin/sh
            exec 1>&2
            id -u; grep -E '^(CapEff|CapBnd|NoNewPrivs)' /proc/self/status; cat /proc/net/dev; cat {corpus.Canary}; ulimit -t; exit 3
            """);
        File.SetUnixFileMode(Scratch("probe"), (UnixFileMode)0b111_101_101);
        File.Copy(Scratch("probe"), Path.Combine(AppContext.BaseDirectory, "probe.sh"), overwrite: true);
        var tool = new ToolProcess(new() { QemuImgPath = Path.Combine(AppContext.BaseDirectory, "probe.sh"), CpuSeconds = 7 }, Root);

        var failed = await Assert.ThrowsAsync<DiskException>(() => tool.RunAsync(new(["probe"], ["/proc"], [], 1 << 20, 0), Token));

        Assert.Contains("199999\n", failed.Message, StringComparison.Ordinal);
        Assert.Contains("CapEff:\t0000000000000000", failed.Message, StringComparison.Ordinal);
        Assert.Contains("CapBnd:\t0000000000000000", failed.Message, StringComparison.Ordinal);
        Assert.Contains("NoNewPrivs:\t1", failed.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("eth", failed.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(corpus.Marker, failed.Message, StringComparison.Ordinal);
        Assert.Contains("Permission denied", failed.Message, StringComparison.Ordinal);
        Assert.EndsWith("\n7", failed.Message, StringComparison.Ordinal);
    }
}
