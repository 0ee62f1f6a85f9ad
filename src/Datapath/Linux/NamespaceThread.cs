using System.Runtime.ExceptionServices;
using Microsoft.Win32.SafeHandles;

namespace Cumulet.Datapath.Linux;

/// <summary>
/// Work inside a network namespace. A thread's namespace is the thread's alone and is inherited by what it makes:
/// sockets, taps, child processes, what it reads below /proc/sys/net. So the work gets a thread of its own, which ends
/// with it: a pool's thread that came back would carry strangers' work into the namespace.
/// </summary>
static class NamespaceThread
{
    public static string PathOf(string name) => $"/run/netns/{name}";

    /// <param name="name">As `ip netns` prints it; null to stay where the process is.</param>
    public static T Run<T>(string? name, Func<T> work)
    {
        if (name is null)
            return work();
        T? result = default;
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                Enter(name);
                result = work();
            }
            // Carried over to the caller's thread, whatever it is.
            catch (Exception e)
            {
                failure = ExceptionDispatchInfo.Capture(e);
            }
        }, maxStackSize: 256 * 1024) { IsBackground = true, Name = name };
        thread.Start();
        thread.Join();
        failure?.Throw();
        return result!;
    }

    static void Enter(string name)
    {
        SafeFileHandle handle;
        try
        {
            handle = File.OpenHandle(PathOf(name));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new DatapathException(DatapathFailure.NoSuchDevice, $"network namespace {name} is not there; apply the plan again", e);
        }
        using (handle)
            if (Native.setns(handle, Native.CloneNewNet) != 0)
                throw new DatapathException(DatapathFailure.NoRights, $"entering network namespace {name}: {Native.LastError()}; run as root");
    }
}
