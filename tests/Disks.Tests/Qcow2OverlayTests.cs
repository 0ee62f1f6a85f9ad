using System.Globalization;

namespace Cumulet.Disks.Tests;

public sealed class Qcow2OverlayTests : PoolTest
{
    public static TheoryData<long> Sizes =>
        [512, MiB, (MiB * 1024) - 512, MiB * 1024, (MiB * 1024) + 512, 10L << 30, 1L << 40, 16L << 40, 100L << 40, Cumulet.Disks.Qcow2.Qcow2Overlay.MaxVirtualSize];

    [Theory]
    [MemberData(nameof(Sizes))]
    public async Task Write_makes_an_image_qemu_finds_no_fault_in(long size)
    {
        var id = Guid.NewGuid();
        var layer = await Pool.BlankAsync(id, size, DiskFormat.Qcow2, null, Token);
        var info = Shell.Run("qemu-img", "info", "-f", "qcow2", layer.Path);

        Assert.Contains($"({size.ToString(CultureInfo.InvariantCulture)} bytes)", info, StringComparison.Ordinal);
        Assert.Contains("extended l2: true", info, StringComparison.Ordinal);
        Assert.Contains("cluster_size: 131072", info, StringComparison.Ordinal);
        Assert.Contains("No errors", Shell.Run("qemu-img", "check", "-f", "qcow2", layer.Path), StringComparison.Ordinal);
        Assert.True(Pool.Usage(Qcow2(id)).Allocated <= 64 << 10, "a new image takes a few blocks");

        Shell.Run("qemu-io", "-f", "qcow2", "-c", "write -P 7 0 512", "-c", $"write -P 8 {size - 512} 512", layer.Path);
        Shell.Run("qemu-io", "-f", "qcow2", "-c", size == 512 ? "read -P 8 0 512" : "read -P 7 0 512", "-c", $"read -P 8 {size - 512} 512", layer.Path);
        Assert.Contains("No errors", Shell.Run("qemu-img", "check", "-f", "qcow2", layer.Path), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Write_equals_what_qemu_img_makes_in_every_stated_property()
    {
        var image = Guid.NewGuid();
        var head = Guid.NewGuid();
        await Import(image, Noise((int)MiB));
        var ours = await Pool.CloneAsync(head, [Raw(image)], 3L << 30, null, Token);
        var theirs = Path.Combine(Root, "layers", "theirs");
        Shell.Run("qemu-img", "create", "-q", "-f", "qcow2", "-o", "extended_l2=on,cluster_size=128k", "-b", $"{image}.raw", "-F", "raw", theirs, "3G");

        string[] Facts(string path) => [.. Shell.Run("qemu-img", "info", "-f", "qcow2", path).Split('\n')
            .Where(l => !l.StartsWith("image:", StringComparison.Ordinal) && !l.StartsWith("disk size", StringComparison.Ordinal)
                && !l.Contains("filename", StringComparison.Ordinal))];
        Assert.Equal(Facts(theirs), Facts(ours.Path));
    }

    [Fact]
    public async Task Write_makes_an_overlay_that_survives_many_blocks()
    {
        var (image, head) = (Guid.NewGuid(), Guid.NewGuid());
        await Import(image, Noise(8 * (int)MiB));
        var layer = await Pool.CloneAsync(head, [Raw(image)], 5L << 30, null, Token);
        var chain = Pool.Open([Qcow2(head), Raw(image)]);
        var random = new Random(5);
        var offsets = Enumerable.Range(0, 60).Select(_ => random.NextInt64(5L << 14) << 16).Distinct().ToArray();
        Shell.Run("qemu-io", [.. offsets.SelectMany((o, i) => (string[])["-c", $"write -P {(i % 255) + 1} {o} 64k"]), chain.ToJsonFilename()]);

        Shell.Run("qemu-io", ["-r", .. offsets.SelectMany((o, i) => (string[])["-c", $"read -P {(i % 255) + 1} {o} 64k"]), chain.ToJsonFilename()]);
        Assert.Contains("No errors", Shell.Run("qemu-img", "check", "-f", "qcow2", layer.Path), StringComparison.Ordinal);
    }
}
