using System.Net;
using System.Net.Sockets;
using System.Text;
using Cumulet.Disks.Local;
using Cumulet.Disks.Sandbox;

namespace Cumulet.Disks.Tests;

/// <summary>What happens when a hostile image gets past the inspection: the tool cannot do harm. The files are put into
/// the pool by hand, as a daemon with a bug would.</summary>
public sealed class ConfinementTests(Corpus corpus) : PoolTest, IClassFixture<Corpus>
{
    private Guid Plant(byte[] bytes, DiskFormat format)
    {
        var id = Guid.NewGuid();
        var path = Path.Combine(Root, "layers", $"{id}.{format.Name()}");
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

        var failed = await Assert.ThrowsAsync<DiskException>(() => Pool.CopyAsync(Guid.NewGuid(), [Qcow2(Plant(hostile, DiskFormat.Qcow2))], DiskFormat.Raw, null, Token));

        Assert.Equal(DiskFault.ToolFailed, failed.Fault);
        Assert.Contains("Permission denied", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_backing_file_in_a_header_is_never_followed()
    {
        var id = Plant(corpus.Create("-f", "qcow2", "-b", corpus.Canary, "-F", "raw", "FILE"), DiskFormat.Qcow2);

        var layer = await Pool.CopyAsync(Guid.NewGuid(), [Qcow2(id)], DiskFormat.Raw, null, Token);

        Assert.All(await File.ReadAllBytesAsync(layer.Path, Token), b => Assert.Equal(0, b));
    }

    [Fact]
    public async Task No_connection_leaves_the_tool()
    {
        using var port = new TcpListener(IPAddress.Loopback, 0);
        port.Start();
        var place = $"nbd://127.0.0.1:{((IPEndPoint)port.LocalEndpoint).Port}/x";
        var bytes = corpus.Create("-f", "qcow2", "-o", $"data_file={corpus.Path(new string('d', place.Length))}", "FILE", "64K");
        var named = corpus.Path(new string('d', place.Length));
        var text = Encoding.Latin1.GetString(bytes);
        Assert.Contains(named, text, StringComparison.Ordinal);
        var hostile = Encoding.Latin1.GetBytes(text.Replace(named, place.PadRight(named.Length, '\0'), StringComparison.Ordinal));
        var at = Encoding.Latin1.GetString(hostile).IndexOf(place, StringComparison.Ordinal);
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(hostile.AsSpan(at - 4), place.Length);

        // The padding after the shorter name reads as the end of the extensions, which is all that is needed here.
        await Assert.ThrowsAsync<DiskException>(() => Pool.CopyAsync(Guid.NewGuid(), [Qcow2(Plant(hostile, DiskFormat.Qcow2))], DiskFormat.Raw, null, Token));
        Assert.False(port.Pending(), "the tool connected");
    }

    [Fact]
    public async Task The_limit_of_cpu_time_ends_a_bomb()
    {
        var pool = new LocalPool(new(Root) { Tool = new() { CpuSeconds = 1, CpuSecondsPerGiB = 0 } });
        var id = Guid.NewGuid();
        var bytes = corpus.With(DiskFormat.Qcow2, b => System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(b.AsSpan(60), 65_535));
        var table = new byte[65_535 * 64];
        for (var i = 0; i < 65_535; i++)
        {
            // An entry: L1 offset, L1 size, lengths of id and name, …, extra data size 16; then the id, unlike all others.
            var entry = table.AsSpan(i * 64, 64);
            System.Buffers.Binary.BinaryPrimitives.WriteUInt16BigEndian(entry[12..], 5);
            System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(entry[36..], 16);
            Encoding.ASCII.GetBytes(i.ToString("00000", System.Globalization.CultureInfo.InvariantCulture), entry[56..]);
        }

        var place = (bytes.Length + 65_535) & ~65_535;
        System.Buffers.Binary.BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(64), place);
        byte[] bomb = [.. bytes, .. new byte[place - bytes.Length], .. table];
        Assert.Contains("internal snapshots", Corpus.Refusal(DiskFormat.Qcow2, bomb), StringComparison.Ordinal);
        var path = Path.Combine(Root, "layers", $"{id}.qcow2");
        await File.WriteAllBytesAsync(path, bomb, Token);
        File.SetUnixFileMode(path, (UnixFileMode)0b110_110_110);

        var started = System.Diagnostics.Stopwatch.GetTimestamp();
        try
        {
            await pool.CopyAsync(Guid.NewGuid(), [Qcow2(id)], DiskFormat.Raw, null, Token);
        }
        catch (DiskException e)
        {
            Assert.Equal(DiskFault.ToolFailed, e.Fault);
        }

        Assert.True(System.Diagnostics.Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(10));
        Assert.Empty(Staged());
    }

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

        Assert.Contains("64055\n", failed.Message, StringComparison.Ordinal);
        Assert.Contains("CapEff:\t0000000000000000", failed.Message, StringComparison.Ordinal);
        Assert.Contains("CapBnd:\t0000000000000000", failed.Message, StringComparison.Ordinal);
        Assert.Contains("NoNewPrivs:\t1", failed.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("eth", failed.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(corpus.Marker, failed.Message, StringComparison.Ordinal);
        Assert.Contains("Permission denied", failed.Message, StringComparison.Ordinal);
        Assert.EndsWith("\n7", failed.Message, StringComparison.Ordinal);
    }
}
