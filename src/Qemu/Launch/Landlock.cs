using System.Runtime.InteropServices;
using Cumulet.Qemu.Native;

namespace Cumulet.Qemu.Launch;

/// <summary>
/// Takes the file system away from QEMU: it reads libraries, its own firmware and a few kernel files, it writes nothing
/// by path. Disks, taps and logs are descriptors that were open before and are not touched by this.
/// </summary>
internal static unsafe class Landlock
{
    private const nint CreateRuleset = 444, AddRule = 445, RestrictSelf = 446;
    private const ulong Execute = 1, WriteFile = 2, ReadFile = 4, ReadDir = 8, IoctlDev = 1 << 15;

    /// <summary>Null when in force, else why not.</summary>
    public static string? Apply(bool kvm)
    {
        var abi = (int)Libc.Syscall(CreateRuleset, 0, 0, 1, 0, 0);
        if (abi < 1)
            return "the kernel has no Landlock (5.13 and lsm=landlock needed)";
        var handled = abi switch { 1 => (1UL << 13) - 1, 2 => (1UL << 14) - 1, 3 or 4 => (1UL << 15) - 1, _ => (1UL << 16) - 1 };
        var attributes = stackalloc ulong[1] { handled };
        var ruleset = (int)Libc.Syscall(CreateRuleset, (nint)attributes, sizeof(ulong), 0, 0, 0);
        if (ruleset < 0)
            return $"landlock_create_ruleset: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}";
        foreach (var folder in (string[])["/usr", "/lib", "/lib64", "/bin", "/opt", "/nix/store", "/sys/devices/system", "/sys/kernel/mm"])
            Allow(ruleset, folder, Execute | ReadFile | ReadDir);
        foreach (var file in (string[])["/etc/ld.so.cache", "/etc/ld.so.preload", "/etc/localtime", "/proc/cpuinfo", "/proc/meminfo"])
            Allow(ruleset, file, ReadFile);
        foreach (var folder in (string[])["/etc/gnutls", "/etc/crypto-policies", "/etc/pki/tls"])
            Allow(ruleset, folder, ReadFile | ReadDir);
        foreach (var device in (string[])["/dev/null", "/dev/zero", "/dev/urandom", "/dev/random"])
            Allow(ruleset, device, ReadFile | WriteFile);
        if (kvm)
            Allow(ruleset, "/dev/kvm", ReadFile | WriteFile | (IoctlDev & handled));
        var restricted = Libc.Syscall(RestrictSelf, ruleset, 0, 0, 0, 0);
        var errno = Marshal.GetLastPInvokeError();
        _ = Libc.Close(ruleset);
        return restricted < 0 ? $"landlock_restrict_self: {Marshal.GetPInvokeErrorMessage(errno)}" : null;
    }

    // What is not on this host needs no rule.
    private static void Allow(int ruleset, string path, ulong access)
    {
        var fd = Libc.Open(path, Libc.OPath | Libc.OCloexec, 0);
        if (fd < 0)
            return;
        var rule = stackalloc byte[12]; // packed: u64 access, s32 descriptor
        *(ulong*)rule = access;
        *(int*)(rule + 8) = fd;
        var added = Libc.Syscall(AddRule, ruleset, 1, (nint)rule, 0, 0);
        var errno = Marshal.GetLastPInvokeError();
        _ = Libc.Close(fd);
        if (added < 0)
            throw Libc.Failure($"landlock_add_rule {path}", errno);
    }
}
