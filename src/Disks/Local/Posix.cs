using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Cumulet.Disks.Local;

/// <summary>The few system calls .NET has no name for.</summary>
public static unsafe partial class Posix
{
    private const int CloseOnExec = 0x80000;
    private const int SeekData = 3;
    private const int NoSuchPlace = 6;
    private const int AtFdCwd = -100;
    private const int SymlinkNoFollow = 0x100;
    private const uint StatxBlocks = 0x400;
    private const int StatxBytes = 256;
    private const int StatxBlocksAt = 48;

    /// <summary>Makes names in a directory durable: without it a rename may be lost with the power.</summary>
    public static void SyncDirectory(string path)
    {
        var fd = open(path, CloseOnExec);
        if (fd < 0)
        {
            throw Failed("open", path);
        }

        try
        {
            if (fsync(fd) != 0)
            {
                throw Failed("fsync", path);
            }
        }
        finally
        {
            _ = close(fd);
        }
    }

    /// <summary>Bytes a file takes on its file system.</summary>
    internal static long AllocatedBytes(string path)
    {
        var stat = stackalloc byte[StatxBytes];
        return statx(AtFdCwd, path, SymlinkNoFollow, StatxBlocks, stat) == 0
            ? checked((long)(*(ulong*)(stat + StatxBlocksAt) * 512))
            : throw Failed("statx", path);
    }

    /// <summary>Where the next data of a sparse file begins; <see cref="long.MaxValue"/> where there is none.</summary>
    public static long NextData(SafeFileHandle file, long from)
    {
        var found = lseek(file, from, SeekData);
        if (found >= 0)
        {
            return found;
        }

        return Marshal.GetLastPInvokeError() == NoSuchPlace ? long.MaxValue : throw Failed("lseek", "SEEK_DATA");
    }

    internal static void ChangeGroup(string path, uint group)
    {
        if (chown(path, uint.MaxValue, group) != 0)
        {
            throw Failed("chown", path);
        }
    }

    internal static bool IsRoot => geteuid() == 0;

    private static IOException Failed(string call, string path)
    {
        var errno = Marshal.GetLastPInvokeError();
        return new IOException($"{call} '{path}': {Marshal.GetPInvokeErrorMessage(errno)}", errno);
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fsync(int fd);

    [LibraryImport("libc", SetLastError = true)]
    private static partial long lseek(SafeFileHandle file, long offset, int whence);

    [LibraryImport("libc")]
    private static partial int close(int fd);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int statx(int directory, string path, int flags, uint mask, byte* result);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int chown(string path, uint owner, uint group);

    [LibraryImport("libc")]
    private static partial uint geteuid();
}
