using System.Net.Sockets;
using Cumulet.Qemu.Native;
using Microsoft.Win32.SafeHandles;

namespace Cumulet.Qemu;

/// <summary>The screen, without any listener: QEMU gets one end of a socket pair as a client that is let in.</summary>
public sealed partial class RunningVm
{
    private int _lastVnc;

    /// <summary>A connected stream that speaks RFB; whoever gets it has the screen, so check before calling.</summary>
    public async Task<NetworkStream> OpenVncAsync(CancellationToken cancellation)
    {
        var (ours, theirs) = Pair();
        using (theirs)
        {
            try
            {
                var name = $"vnc-{Interlocked.Increment(ref _lastVnc)}";
                await Qmp.GetFdAsync(theirs, name, cancellation);
                await Qmp.AddVncClientAsync(name, cancellation);
            }
            catch
            {
                ours.Dispose();
                throw;
            }
        }
        return new NetworkStream(new Socket(ours), ownsSocket: true);
    }

    private static unsafe (SafeSocketHandle Ours, SafeFileHandle Theirs) Pair()
    {
        var ends = stackalloc int[2];
        return Libc.Socketpair(Libc.AfUnix, Libc.SockStream | Libc.SockCloexec, 0, ends) < 0
            ? throw Libc.Failure("socketpair")
            : (new SafeSocketHandle(ends[0], true), new SafeFileHandle(ends[1], true));
    }
}
