using System.Security.Cryptography;

namespace Cumulet.Cloud.Tests;

/// <summary>A cloud whose pool is a small file system of its own.</summary>
public sealed class SmallPoolCloud : RealCloud
{
    protected override string[] MoreOptions => ["--disk-reserve", "0.03"];

    public string Pool => Path.Combine(State, "disks");

    public override async ValueTask InitializeAsync()
    {
        // As `up` makes it: the audit wants it closed to others.
        Directory.CreateDirectory(State, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Directory.CreateDirectory(Pool);
        (await Command.Run("mount", ["-t", "tmpfs", "-o", "size=3G,mode=755", "tmpfs", Pool], Environments)).Succeeded();
        await base.InitializeAsync();
    }

    /// <summary>Somebody else takes the rest.</summary>
    public void LeaveMebibytes(long left)
    {
        using var file = new FileStream(Path.Combine(Pool, "taken"), FileMode.Create);
        for (var piece = new byte[1 << 20]; new DriveInfo(Pool).AvailableFreeSpace > left << 20;) file.Write(piece);
    }

    public override async ValueTask DisposeAsync()
    {
        await Cumulet("down", "--guests", "--state", State);
        await Command.Run("umount", ["-l", Pool], Environments);
        await base.DisposeAsync();
    }
}

/// <summary>A guest fills the pool: it is stopped and not told lies, new work is refused, and it goes on when there is space.</summary>
public sealed class FullPoolTests(SmallPoolCloud cloud) : IClassFixture<SmallPoolCloud>
{
    private const int Blocks = 150;

    // Blocks of a mebibyte; what is in the log was flushed to the disk before. Both are in the guest's memory.
    private static readonly string Writer = $$"""
        sudo mount -t tmpfs none /mnt && sudo sh -c '
        i=0; while [ $i -lt {{Blocks}} ]; do
          head -c 1048576 /dev/urandom > /mnt/block
          dd if=/mnt/block of=/dev/vdb bs=1048576 seek=$i conv=fsync,notrunc 2>/dev/null || { echo failed $i >> /mnt/log; exit; }
          echo $i $(md5sum < /mnt/block) >> /mnt/log; i=$((i + 1))
        done; echo done >> /mnt/log' > /dev/null 2>&1 < /dev/null &
        """;

    private const string Check = """
        sudo sh -c 'grep -v done /mnt/log | while read i sum rest; do
          [ "$(dd if=/dev/vdb bs=1048576 skip=$i count=1 iflag=direct 2>/dev/null | md5sum | cut -d" " -f1)" = "$sum" ] && echo right || echo wrong $i; done' | sort | uniq -c
        """;

    [Fact(Explicit = true)]
    public async Task Guest_that_fills_the_pool_is_stopped_and_goes_on_with_every_block_it_was_told_of()
    {
        await cloud.Openstack("security group rule create --proto tcp --dst-port 22 default");
        var filler = Path.Combine(cloud.Work, "filler");
        await File.WriteAllBytesAsync(filler, RandomNumberGenerator.GetBytes(100 << 20), TestContext.Current.CancellationToken);
        (await cloud.Openstack($"image create --disk-format raw --container-format bare --file {filler} filler")).Succeeded();
        var id = (await cloud.Openstack($"server create --flavor m1.tiny --image {await cloud.ImageId()} --network private --key-name e2e-key --wait"
            + " --block-device source_type=blank,destination_type=volume,volume_size=1,delete_on_termination=true,boot_index=-1 full -f value -c id"))
            .Succeeded().Trim().Split('\n')[^1].Trim();
        var guest = await Guest.Reach(cloud, id);
        cloud.LeaveMebibytes(120);
        await guest.Run(Writer);

        await RealCloud.Until(() => IsPaused(id), "the guest is stopped by the full pool");
        Assert.Equal("ACTIVE", await cloud.Value($"server show {id}", "status"));
        var refused = await cloud.Openstack("volume create --size 1 more");
        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains("reserved", refused.Error + refused.Out, StringComparison.Ordinal);

        (await cloud.Openstack("image delete filler")).Succeeded();
        await RealCloud.Until(async () => !await IsPaused(id), "the guest goes on");
        await RealCloud.Until(async () => (await guest.Ssh("sudo tail -n 1 /mnt/log")).Out.Trim() is "done" or ['f', 'a', 'i', 'l', ..], "the guest has written everything");

        Assert.Equal($"{Blocks} right", (await guest.Run(Check)).Trim());
        (await cloud.Openstack("volume create --size 1 more")).Succeeded();
        (await cloud.Openstack("volume delete more")).Succeeded();
        await cloud.RequireCleanAudit();
        await guest.Delete();
        await cloud.RequireCleanAudit();
    }

    private async Task<bool> IsPaused(string id) => await cloud.Value($"server show {id}", "OS-EXT-STS:power_state") is "Paused" or "3";
}
