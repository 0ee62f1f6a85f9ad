using Microsoft.Win32.SafeHandles;

namespace Cumulet.Datapath.Linux;

/// <summary>
/// Tells when a dnsmasq ends. They are nobody's children any more, so the kernel is asked by process handles (pidfd), on
/// one thread for all of them.
/// </summary>
sealed class DnsmasqWatch : IDisposable
{
    readonly Action<string> _ended;
    readonly SafeFileHandle _wake = Native.eventfd(0, Native.EventCloexec | Native.EventNonBlock);
    readonly Lock _lock = new();
    readonly List<(string Folder, int Process, SafeFileHandle Handle)> _added = [];
    readonly Thread _thread;
    volatile bool _stopping;

    /// <param name="ended">Gets the folder; called on the watch's own thread.</param>
    public DnsmasqWatch(Action<string> ended)
    {
        _ended = ended;
        _thread = new Thread(Loop, maxStackSize: 256 * 1024) { IsBackground = true, Name = "dnsmasq watch" };
        _thread.Start();
    }

    public void Watch(string folder)
    {
        if (DnsmasqProcess.Find(folder) is not { } process)
        {
            _ended(folder);
            return;
        }
        lock (_lock)
            _added.Add((folder, process, Native.OpenProcess(process)));
        Native.eventfd_write(_wake, 1);
    }

    void Loop()
    {
        List<(string Folder, int Process, SafeFileHandle Handle)> watched = [];
        while (!_stopping)
        {
            var ended = Wait(watched);
            foreach (var one in ended)
            {
                watched.Remove(one);
                one.Handle.Dispose();
                _ended(one.Folder);
            }
            lock (_lock)
            {
                foreach (var one in _added)
                    if (one.Handle.IsInvalid || watched.Exists(other => other.Process == one.Process && other.Folder == one.Folder))
                        one.Handle.Dispose();
                    else
                        watched.Add(one);
                _added.Clear();
            }
        }
        foreach (var one in watched)
            one.Handle.Dispose();
    }

    unsafe List<(string Folder, int Process, SafeFileHandle Handle)> Wait(
        List<(string Folder, int Process, SafeFileHandle Handle)> watched)
    {
        var entries = new Native.PollEntry[watched.Count + 1];
        entries[0] = new Native.PollEntry { Descriptor = (int)_wake.DangerousGetHandle(), Events = Native.PollIn };
        for (var i = 0; i < watched.Count; i++)
            entries[i + 1] = new Native.PollEntry { Descriptor = (int)watched[i].Handle.DangerousGetHandle(), Events = Native.PollIn };
        fixed (Native.PollEntry* first = entries)
            Native.poll(first, (nuint)entries.Length, -1);
        Native.eventfd_read(_wake, out _);
        return [.. watched.Where((_, i) => entries[i + 1].Returned != 0)];
    }

    public void Dispose()
    {
        _stopping = true;
        Native.eventfd_write(_wake, 1);
        _thread.Join();
        _wake.Dispose();
    }
}
