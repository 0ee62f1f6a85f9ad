using System.Diagnostics;

namespace Cumulet.ControlPlane.Tests.Faults;

/// <summary>Something below the cloud that breaks and is mended again.</summary>
internal abstract class Fault : IAsyncDisposable
{
    /// <summary>The folder that the cloud's state is kept in.</summary>
    public abstract string State { get; }

    public virtual string? Postgres => null;

    /// <summary>The cloud goes on by itself when it is mended; else it has to be started anew.</summary>
    public virtual bool IsMendedUnderTheCloud => true;

    /// <summary>What the cloud's process needs in its environment to be reached by it.</summary>
    public virtual IReadOnlyDictionary<string, string> Environment { get; } = new Dictionary<string, string>();

    public abstract Task Strike();
    public abstract Task Mend();
    public abstract ValueTask DisposeAsync();

    protected static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)}: {process.ExitCode}");
    }
}

/// <summary>A small ext4 of its own, in a file that is mounted over a loop device; or a tmpfs where there are none.</summary>
internal abstract class SmallDisk : Fault
{
    private readonly string _folder = Directory.CreateTempSubdirectory("cumulet-small-").FullName;

    protected SmallDisk(int megabytes)
    {
        Assert.SkipUnless(System.Environment.IsPrivilegedProcess, "a file system of its own needs root");
        Mount = Directory.CreateDirectory(Path.Combine(_folder, "disk")).FullName;
        if (!File.Exists("/dev/loop-control"))
        {
            Run("mount", "-t", "tmpfs", "-o", $"size={megabytes}M,mode=755", "tmpfs", Mount);
            return;
        }
        using (var made = File.Create(Image)) made.SetLength((long)megabytes << 20);
        // Without blocks kept for root, and with a journal that leaves room.
        Run("mkfs.ext4", "-q", "-m", "0", "-J", "size=4", "-e", "remount-ro", Image);
        Run("mount", "-o", "loop", Image, Mount);
    }

    protected string Image => Path.Combine(_folder, "image");

    protected string Mount { get; }

    public override string State => Path.Combine(Mount, "state");

    public override ValueTask DisposeAsync()
    {
        Run("umount", "-l", Mount);
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }
}

/// <summary>Somebody else writes until that many bytes are left.</summary>
/// <param name="left">The bytes.</param>
/// <param name="server">Holds the database elsewhere, so that the pool alone is full; null keeps it on the same disk.</param>
internal sealed class FullDisk(long left, LostPostgres? server = null) : SmallDisk(256)
{
    public override string? Postgres => server?.Postgres;

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        if (server is not null) await server.DisposeAsync();
    }

    private string Filler => Path.Combine(Mount, "filler");

    public override async Task Strike()
    {
        await using var file = new FileStream(Filler, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        try
        {
            foreach (var piece in (int[])[1 << 20, 4 << 10])
                while (new DriveInfo(Mount).AvailableFreeSpace > left + piece) await file.WriteAsync(new byte[piece]);
            if (left == 0)
                while (true) await file.WriteAsync(new byte[512]);
        }
        catch (IOException) when (left == 0)
        {
            // To the last byte.
        }
        file.Flush(flushToDisk: true);
    }

    public override Task Mend()
    {
        File.Delete(Filler);
        return Task.CompletedTask;
    }
}

/// <summary>
/// The kernel gives up the file system and makes it read-only, as it does when a disk dies. Files that are open stay so
/// even when the disk is whole again: the cloud has to be started anew.
/// </summary>
internal sealed class ReadOnlyDisk : SmallDisk
{
    public ReadOnlyDisk() : base(256) => Assert.SkipUnless(File.Exists("/dev/loop-control"), "no loop devices");

    public override bool IsMendedUnderTheCloud => false;

    public override Task Strike()
    {
        Run("mount", "-o", "remount,abort", Mount);
        return Task.CompletedTask;
    }

    public override Task Mend()
    {
        Run("umount", "-l", Mount);
        // A copy is mounted: any program with a mount namespace of its own may still keep the first one.
        var copy = Image + "-mended";
        File.Copy(Image, copy);
        // As whoever mends a disk does; 1 is "errors were corrected".
        using (var check = Process.Start(new ProcessStartInfo("e2fsck", ["-f", "-y", copy]) { RedirectStandardOutput = true, RedirectStandardError = true })!)
        {
            check.StandardOutput.ReadToEnd();
            check.WaitForExit();
            Assert.InRange(check.ExitCode, 0, 1);
        }
        Run("mount", "-o", "loop", copy, Mount);
        return Task.CompletedTask;
    }
}

/// <summary>The database server dies, as by a power failure, and comes back.</summary>
internal sealed class LostPostgres(PrivatePostgres server, string database) : Fault
{
    private readonly string _folder = Directory.CreateTempSubdirectory("cumulet-lost-").FullName;

    public static async Task<LostPostgres> Start()
    {
        var server = new PrivatePostgres();
        await server.InitializeAsync();
        return new LostPostgres(server, await server.NewDatabase());
    }

    public override string State => Path.Combine(_folder, "state");
    public override string Postgres => database;
    public override Task Strike() => server.Crash();
    public override Task Mend() => server.Up();

    public override async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
