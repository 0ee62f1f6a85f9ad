using System.Runtime.InteropServices;

namespace Cumulet.Disks.Sandbox;

// Landlock and the network namespace belong to a thread, and a child process inherits them from the thread that starts
// it. So the tool is started by a thread made for it, which first gives up what the tool must not have, and ends with
// the start. The daemon's other threads keep their rights.

/// <summary>Takes rights from the calling thread, for good: files outside the lists, TCP, and (as root) every network.</summary>
internal static unsafe partial class Confinement
{
    private const nint CreateRuleset = 444, AddRule = 445, RestrictSelf = 446;
    private const nint SetFileUser = 122;
    private const int NewNetworkNamespace = 0x40000000;
    private const int OwnDirectory = 0x200;
    private const int SetNoNewPrivileges = 38;
    private const int PathOnly = 0x280000; // O_PATH | O_CLOEXEC
    private const ulong Execute = 1, WriteFile = 2, ReadFile = 4, ReadDirectory = 8, Truncate = 1 << 14;
    private const ulong FileRights = Execute | WriteFile | ReadFile | Truncate;

    // What a program needs to start: its libraries, the runtime of the thread that starts it, and three devices.
    private static readonly string[] _system =
        ["/usr", "/lib", "/lib64", "/bin", "/etc/ld.so.cache", AppContext.BaseDirectory, RuntimeEnvironment.GetRuntimeDirectory()];
    private static readonly string[] _devices = ["/dev/null", "/dev/zero", "/dev/urandom"];

    /// <summary>True where the kernel has Landlock (5.13 and later, unless switched off).</summary>
    public static bool HasLandlock { get; } = syscall(CreateRuleset, 0, 0, 1, 0) > 0;

    /// <param name="folder">The tool's working directory; the tool itself may not go there by its path.</param>
    /// <param name="uid">As whom the tool runs where we are root.</param>
    public static void Enter(ToolRun run, string folder, uint uid)
    {
        if (unshare(OwnDirectory) != 0 || chdir(folder) != 0)
        {
            throw Failed($"chdir('{folder}')");
        }

        if (Local.Posix.IsRoot && unshare(NewNetworkNamespace) != 0)
        {
            throw Failed("unshare(CLONE_NEWNET)");
        }

        if (prctl(SetNoNewPrivileges, 1, 0, 0, 0) != 0)
        {
            throw Failed("prctl(PR_SET_NO_NEW_PRIVS)");
        }

        if (HasLandlock)
        {
            Restrict(run);
        }

        // A pipe belongs to who makes it, and the tool opens the one that it is given by name (/dev/stdin).
        if (Local.Posix.IsRoot)
        {
            _ = syscall(SetFileUser, (nint)uid, 0, 0, 0);
        }
    }

    private static void Restrict(ToolRun run)
    {
        var abi = syscall(CreateRuleset, 0, 0, 1, 0);
        // Everything the kernel knows to forbid is forbidden: 13 rights in ABI 1, one more in 2, 3 and 5; TCP from 4 on.
        var files = abi switch { 1 => (1UL << 13) - 1, 2 => (1UL << 14) - 1, 3 or 4 => (1UL << 15) - 1, _ => (1UL << 16) - 1 };
        var attributes = stackalloc ulong[2] { files, 3 };
        var ruleset = (int)syscall(CreateRuleset, (nint)attributes, abi >= 4 ? 16 : 8, 0, 0);
        if (ruleset < 0)
        {
            throw Failed("landlock_create_ruleset");
        }

        try
        {
            Allow(ruleset, _system, files & (Execute | ReadFile | ReadDirectory));
            Allow(ruleset, _devices, files & (ReadFile | WriteFile));
            Allow(ruleset, run.Readable, files & ReadFile);
            Allow(ruleset, run.Writable, files & (ReadFile | WriteFile | Truncate));
            if (syscall(RestrictSelf, ruleset, 0, 0, 0) != 0)
            {
                throw Failed("landlock_restrict_self");
            }
        }
        finally
        {
            _ = close(ruleset);
        }
    }

    private static void Allow(int ruleset, IEnumerable<string> paths, ulong rights)
    {
        var rule = stackalloc byte[12];
        foreach (var path in paths)
        {
            var fd = path.Length == 0 ? -1 : open(path, PathOnly);
            if (fd < 0)
            {
                continue; // what is not there needs no permission
            }

            *(ulong*)rule = Directory.Exists(path) ? rights : rights & FileRights;
            *(int*)(rule + 8) = fd;
            var result = syscall(AddRule, ruleset, 1, (nint)rule, 0);
            _ = close(fd);
            if (result != 0)
            {
                throw Failed($"landlock_add_rule('{path}')");
            }
        }
    }

    private static IOException Failed(string call) =>
        new($"{call}: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint syscall(nint number, nint a, nint b, nint c, nint d);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int unshare(int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int prctl(int option, nuint a, nuint b, nuint c, nuint d);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int chdir(string path);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);

    [LibraryImport("libc")]
    private static partial int close(int fd);
}
