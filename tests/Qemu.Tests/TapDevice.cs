using System.Runtime.InteropServices;
using System.Text;
using Cumulet.Qemu.Native;
using Microsoft.Win32.SafeHandles;

namespace Cumulet.Qemu.Tests;

/// <summary>A tap in a network namespace of its own, which lives as long as the descriptor.</summary>
internal static unsafe partial class TapDevice
{
    public static SafeFileHandle Open()
    {
        var result = -1;
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                result = OpenInNewNamespace();
            }
            catch (Exception e)
            {
                failure = e;
            }
        });
        thread.Start();
        thread.Join();
        return failure is null ? new SafeFileHandle(result, true) : throw failure;
    }

    // Namespaces hold for the thread, which ends with this; nothing of the host's network is touched.
    private static int OpenInNewNamespace()
    {
        if (Libc.Unshare(0x40000000) < 0)
            throw Libc.Failure("unshare(CLONE_NEWNET)");
        var fd = Libc.Open("/dev/net/tun", Libc.ORdwr | Libc.OCloexec, 0);
        var request = stackalloc byte[40];
        new Span<byte>(request, 40).Clear();
        Encoding.ASCII.GetBytes("tap0").CopyTo(new Span<byte>(request, 16));
        *(short*)(request + 16) = 0x5002; // IFF_TAP | IFF_NO_PI | IFF_VNET_HDR
        return Ioctl(fd, 0x400454ca, request) < 0 ? throw Libc.Failure("TUNSETIFF") : fd;
    }

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Ioctl(int fd, nuint request, byte* argument);
}
