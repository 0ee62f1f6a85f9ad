using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Cumulet.Datapath.Linux;

/// <summary>The system calls .NET has no words for.</summary>
static partial class Native
{
    public const int CloneNewNet = 0x40000000;
    public const int SigHup = 1, SigKill = 9, SigTerm = 15;
    public const int ErrnoBusy = 16, ErrnoNoEntry = 2;
    public const int AfPacket = 17, AfNetlink = 16, SockRaw = 3, SockCloexec = 0x80000;
    public const short PollIn = 1;
    public const int EventCloexec = 0x80000, EventNonBlock = 0x800;

    [LibraryImport("libc", SetLastError = true)]
    public static partial int setns(SafeFileHandle fd, int kind);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial uint if_nametoindex(string name);

    [LibraryImport("libc", SetLastError = true)]
    public static unsafe partial int ioctl(SafeFileHandle fd, nuint request, void* argument);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int kill(int process, int signal);

    [LibraryImport("libc")]
    public static partial uint geteuid();

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int chmod(string path, uint mode);

    [LibraryImport("libc", SetLastError = true)]
    public static partial SafeFileHandle socket(int domain, int type, int protocol);

    [LibraryImport("libc", SetLastError = true)]
    public static unsafe partial nint sendto(SafeFileHandle fd, void* data, nuint size, int flags, void* address, int addressSize);

    [LibraryImport("libc", SetLastError = true)]
    public static unsafe partial nint recv(SafeFileHandle fd, void* data, nuint size, int flags);

    [StructLayout(LayoutKind.Sequential)]
    public struct PollEntry
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }

    [LibraryImport("libc", SetLastError = true)]
    public static unsafe partial int poll(PollEntry* entries, nuint count, int milliseconds);

    /// <summary>pidfd_open has the same number on every architecture.</summary>
    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint syscall(nint number, nint process, nint flags);

    [LibraryImport("libc", SetLastError = true)]
    public static partial SafeFileHandle eventfd(uint initial, int flags);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int eventfd_write(SafeFileHandle fd, ulong value);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int eventfd_read(SafeFileHandle fd, out ulong value);

    public static SafeFileHandle OpenProcess(int process) => new(syscall(434, process, 0), ownsHandle: true);

    public static string LastError() => Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError());
}
