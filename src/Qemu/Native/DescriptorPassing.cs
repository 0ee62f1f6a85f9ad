using System.Runtime.InteropServices;

namespace Cumulet.Qemu.Native;

/// <summary>Sends bytes with open descriptors attached over a unix socket (SCM_RIGHTS).</summary>
internal static unsafe class DescriptorPassing
{
    /// <summary>Returns how many bytes went; the descriptors go with the first of them.</summary>
    public static int Send(SafeHandle socket, ReadOnlySpan<byte> bytes, ReadOnlySpan<int> descriptors)
    {
        // cmsghdr: length (8), level (4), type (4), then the descriptors, padded to 8.
        var dataLength = descriptors.Length * sizeof(int);
        var controlLength = 16 + (dataLength + 7 & ~7);
        var control = stackalloc byte[controlLength];
        new Span<byte>(control, controlLength).Clear();
        *(nuint*)control = (nuint)(16 + dataLength);
        *(int*)(control + 8) = Libc.SolSocket;
        *(int*)(control + 12) = Libc.ScmRights;
        for (var i = 0; i < descriptors.Length; i++)
            ((int*)(control + 16))[i] = descriptors[i];

        var added = false;
        socket.DangerousAddRef(ref added);
        try
        {
            fixed (byte* start = bytes)
            {
                var vector = new Libc.Iovec { Base = start, Length = (nuint)bytes.Length };
                var message = new Libc.Msghdr { Iov = &vector, IovLength = 1, Control = control, ControlLength = (nuint)controlLength };
                return SendOnce((int)socket.DangerousGetHandle(), &message);
            }
        }
        finally
        {
            socket.DangerousRelease();
        }
    }

    private static int SendOnce(int fd, Libc.Msghdr* message)
    {
        while (true)
        {
            var sent = Libc.Sendmsg(fd, message, Libc.MsgNosignal);
            if (sent >= 0)
                return (int)sent;
            var errno = Marshal.GetLastPInvokeError();
            if (errno == Libc.Eagain)
            {
                // The peer has a full buffer of ours unread: a second is ample, more means that it hangs.
                var wait = new Libc.Pollfd { Fd = fd, Events = 4 };
                if (Libc.Poll(&wait, 1, 1000) == 0)
                    throw new IOException("sendmsg: the peer does not read its socket");
            }
            else if (errno != Libc.Eintr)
            {
                throw Libc.Failure("sendmsg", errno);
            }
        }
    }
}
