using System.Runtime.InteropServices;
using Cumulet.Qemu.Native;

namespace Cumulet.Qemu.Launch;

/// <summary>
/// Awaits the end of processes, own children and others, by pid descriptors; one thread for all of them. Children are
/// reaped here, so none stays a zombie.
/// </summary>
internal static unsafe class ExitWatcher
{
    private const nint PidfdOpen = 434, PidfdSendSignal = 424;
    private const int PPidfd = 3, Wexited = 4, Wnohang = 1;
    private static readonly Lock Gate = new();
    private static readonly Dictionary<int, Watched> Watching = [];
    private static int _epoll = -1;

    // struct epoll_event is packed on x86-64 only.
    private static readonly int DataOffset = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;
    private static readonly int EventSize = DataOffset + 8;

    /// <summary>Watches a process; null when it is gone or is another one (start time differs).</summary>
    public static Watched? Watch(int pid, long? startTime)
    {
        var fd = (int)Libc.Syscall(PidfdOpen, pid, 0, 0, 0, 0);
        if (fd < 0)
            return Marshal.GetLastPInvokeError() == Libc.Esrch ? null : throw Libc.Failure($"pidfd_open({pid})");
        // From here on the descriptor pins the process: if the time fits now, it is the one.
        if (startTime is { } expected && ProcessIdentity.StartTime(pid) != expected)
        {
            _ = Libc.Close(fd);
            return null;
        }
        var watched = new Watched(fd, pid);
        lock (Gate)
        {
            Start();
            // One watch per process: whoever reaps it must tell all. A watched process is not reaped, so its pid is its own.
            if (Watching.Values.FirstOrDefault(other => other.Pid == pid) is { } already)
            {
                _ = Libc.Close(fd);
                return already;
            }
            Watching.Add(fd, watched);
            var ev = stackalloc byte[16];
            *(uint*)ev = 1; // EPOLLIN
            *(long*)(ev + DataOffset) = fd;
            if (Libc.EpollCtl(_epoll, 1, fd, ev) < 0)
                throw Libc.Failure("epoll_ctl");
        }
        return watched;
    }

    private static void Start()
    {
        if (_epoll >= 0)
            return;
        _epoll = Libc.EpollCreate1(Libc.OCloexec);
        if (_epoll < 0)
            throw Libc.Failure("epoll_create1");
        new Thread(Loop) { IsBackground = true, Name = "qemu-exits" }.Start();
    }

    private static void Loop()
    {
        const int Batch = 64;
        var events = stackalloc byte[16 * Batch];
        while (true)
        {
            var count = Libc.EpollWait(_epoll, events, Batch, -1);
            if (count < 0 && Marshal.GetLastPInvokeError() != Libc.Eintr)
                throw Libc.Failure("epoll_wait");
            for (var i = 0; i < count; i++)
                Ended((int)*(long*)(events + i * EventSize + DataOffset));
        }
    }

    private static void Ended(int fd)
    {
        Watched watched;
        VmExit exit;
        lock (Gate)
        {
            if (!Watching.Remove(fd, out watched!))
                return;
            exit = Reap(fd);
        }
        watched.Complete(exit);
    }

    private static VmExit Reap(int fd)
    {
        // siginfo_t: code at 8, status at 24 on 64-bit Linux.
        var info = stackalloc byte[128];
        new Span<byte>(info, 128).Clear();
        if (Libc.Waitid(PPidfd, (uint)fd, info, Wexited | Wnohang) < 0)
            return new VmExit.Unknown();
        var (code, status) = (*(int*)(info + 8), *(int*)(info + 24));
        return code == 1 ? new VmExit.Code(status) : new VmExit.Signal(status);
    }

    /// <summary>One watched process. The pid descriptor stays open until its end, so a signal never hits another.</summary>
    public sealed class Watched(int fd, int pid)
    {
        public int Pid => pid;

        private readonly TaskCompletionSource<VmExit> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly Lock _gate = new();
        private bool _closed;

        public Task<VmExit> Exited => _exited.Task;

        public void Kill()
        {
            lock (_gate)
            {
                if (!_closed && Libc.Syscall(PidfdSendSignal, fd, Libc.Sigkill, 0, 0, 0) < 0
                    && Marshal.GetLastPInvokeError() is var errno and not Libc.Esrch)
                    throw Libc.Failure("pidfd_send_signal", errno);
            }
        }

        internal void Complete(VmExit exit)
        {
            lock (_gate)
            {
                _closed = true;
                _ = Libc.Close(fd);
            }
            _exited.TrySetResult(exit);
        }
    }
}
