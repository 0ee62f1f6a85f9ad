using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Cumulet.Datapath.Linux;

/// <summary>Opening a tap that exists. The flags are those QEMU expects of a handle it is given.</summary>
static class TapDevice
{
    const nuint SetInterface = 0x400454ca;
    const short Tap = 2, NoPacketInformation = 0x1000, VirtioHeader = 0x4000;

    /// <summary>Call inside the tap's namespace.</summary>
    public static unsafe SafeFileHandle Open(string name)
    {
        // Asking for a name that is not there would make a device that is on no bridge.
        if (Native.if_nametoindex(name) == 0)
            throw new DatapathException(DatapathFailure.NoSuchDevice, $"tap {name} is not there; apply the plan again");
        var handle = File.OpenHandle("/dev/net/tun", FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, FileOptions.Asynchronous);
        var request = stackalloc byte[40];
        new Span<byte>(request, 40).Clear();
        Encoding.ASCII.GetBytes(name, new Span<byte>(request, 15));
        *(short*)(request + 16) = Tap | NoPacketInformation | VirtioHeader;
        if (Native.ioctl(handle, SetInterface, request) == 0)
            return handle;
        var busy = Marshal.GetLastPInvokeError() == Native.ErrnoBusy;
        var error = Native.LastError();
        handle.Dispose();
        throw busy
            ? new DatapathException(DatapathFailure.Busy, $"tap {name} is held by another process")
            : new DatapathException(DatapathFailure.Refused, $"opening tap {name}: {error}");
    }
}
