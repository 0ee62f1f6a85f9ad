using System.Runtime.InteropServices;
using System.Text;
using Cumulet.Qemu.CommandLine;
using Cumulet.Qemu.Native;

namespace Cumulet.Qemu.Launch;

/// <summary>
/// The short life between the daemon and QEMU: a process of our own binary that gives up everything, then becomes QEMU.
/// </summary>
/// <remarks>
/// Done before exec and not by QEMU's -runas or -daemonize, because its own seccomp filter kills it for those. Namespaces
/// and Landlock and capabilities hold for the calling thread; the execve comes from that same thread, so QEMU has them.
/// Order: what needs privileges first (namespaces, bounding set, groups), then the ids, then capabilities, then the
/// locks that need none (no_new_privs, Landlock). Descriptor 3 carries the report: lines "skip|fail, layer, reason";
/// it closes on exec.
/// </remarks>
public static unsafe class LauncherMain
{
    private const int RlimitCore = 4, RlimitNofile = 7;
    private const int NewNet = 0x40000000, NewIpc = 0x08000000, NewMount = 0x00020000, NewUts = 0x04000000;
    private const int SetNoNewPrivs = 38, CapbsetDrop = 24, CapAmbient = 47, CapAmbientClearAll = 4;
    private const nint Capset = 126, CapsetArm64 = 91, CloseRange = 436;

    // QEMU touches 40 MB of heap page by page while it builds its machine. Where hardware virtualisation is missing we are
    // mostly a guest ourselves, and a page fault is dear: in huge pages QEMU is ready in half of the time, for 24 MB more.
    // On the metal a start would gain 2 % for those, so not there. glibc before 2.35 does not know the name and says nothing.
    private const string HeapInHugePages = "GLIBC_TUNABLES=glibc.malloc.hugetlb=1";

    /// <summary>Runs <c>launch-vm</c>. Returns only on failure, with an exit code; otherwise the process is QEMU.</summary>
    public static int Run(string[] args)
    {
        // Belongs to the launch only: QEMU must not hold it.
        if (Libc.Fcntl(DescriptorLayout.Report, Libc.FSetfd, Libc.FdCloexec) < 0)
            return 126;
        try
        {
            var options = LauncherOptions.Parse(args);
            Confine(options);
            Become(options);
        }
        catch (Exception e)
        {
            Report("fail", "launch", e.Message);
        }
        return 127;
    }

    private static void Confine(LauncherOptions options)
    {
        var root = Libc.Geteuid() == 0;
        SetLimit(RlimitCore, 0);
        SetLimit(RlimitNofile, (ulong)options.OpenFiles);
        if (options.Namespaces)
            EnterNamespaces();
        DropBoundingSet();
        if (options.Uid is { } uid)
        {
            if (root)
                BecomeUser(uid, options.Groups);
            else
                Report("skip", "uid", $"only root can become user {uid}");
        }
        DropCapabilities();
        Require(Libc.Prctl(SetNoNewPrivs, 1, 0, 0, 0), "prctl(PR_SET_NO_NEW_PRIVS)");
        if (options.Landlock && Landlock.Apply(options.Kvm) is { } reason)
            Report("skip", "landlock", reason);
    }

    private static void SetLimit(int resource, ulong value)
    {
        var limits = stackalloc ulong[2];
        Require(Libc.Getrlimit(resource, limits), "getrlimit");
        limits[0] = limits[1] = Math.Min(value, limits[1]);
        Require(Libc.Setrlimit(resource, limits), "setrlimit");
    }

    private static void EnterNamespaces()
    {
        if (Libc.Unshare(NewNet | NewIpc | NewUts) < 0)
            Report("skip", "namespaces", LastError());
        if (Libc.Unshare(NewMount) < 0)
            Report("skip", "mount-namespace", LastError());
        else if (Libc.Mount(null, "/", null, 0x4000 | 0x80000, 0) < 0) // MS_REC | MS_SLAVE: host unmounts reach us, ours nobody
            Report("skip", "mount-propagation", LastError());
    }

    private static void DropBoundingSet()
    {
        for (nuint capability = 0; capability < 64; capability++)
        {
            if (Libc.Prctl(CapbsetDrop, capability, 0, 0, 0) == 0)
                continue;
            if (Marshal.GetLastPInvokeError() != Libc.Einval) // EINVAL: the kernel knows no more of them
                Report("skip", "bounding-set", LastError());
            return;
        }
    }

    private static void BecomeUser(uint uid, IReadOnlyList<uint> groups)
    {
        fixed (uint* list = groups.ToArray())
            Require(Libc.Setgroups((nuint)groups.Count, list), "setgroups");
        Require(Libc.Setresgid(uid, uid, uid), $"setresgid({uid})");
        Require(Libc.Setresuid(uid, uid, uid), $"setresuid({uid})");
    }

    private static void DropCapabilities()
    {
        _ = Libc.Prctl(CapAmbient, CapAmbientClearAll, 0, 0, 0);
        var header = stackalloc uint[2] { 0x20080522, 0 };
        var data = stackalloc uint[6];
        new Span<uint>(data, 6).Clear();
        var number = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? CapsetArm64 : Capset;
        Require((int)Libc.Syscall(number, (nint)header, (nint)data, 0, 0, 0), "capset");
    }

    private static void Become(LauncherOptions options)
    {
        const int Cloexec = 4;
        if (Libc.Syscall(CloseRange, options.LastDescriptor + 1, unchecked((int)uint.MaxValue), Cloexec, 0, 0) < 0)
            throw Libc.Failure("close_range");
        using var path = new CStrings([options.Argv[0]]);
        using var argv = new CStrings(options.Argv);
        using var environment = new CStrings(["PATH=/usr/bin:/bin", "LANG=C.UTF-8", .. options.Kvm ? [] : (string[])[HeapInHugePages]]);
        _ = Libc.Execve(path.First, argv.Array, environment.Array);
        throw Libc.Failure($"execve {options.Argv[0]}");
    }

    private static void Require(int result, string action)
    {
        if (result < 0)
            throw Libc.Failure(action);
    }

    private static string LastError() => Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError());

    private static void Report(string kind, string layer, string reason)
    {
        var line = Encoding.UTF8.GetBytes($"{kind}\t{layer}\t{reason.ReplaceLineEndings(" ")}\n");
        fixed (byte* start = line)
            _ = Libc.Write(DescriptorLayout.Report, start, (nuint)line.Length);
    }
}
