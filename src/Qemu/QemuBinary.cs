namespace Cumulet.Qemu;

/// <summary>Where the emulator is.</summary>
public static class QemuBinary
{
    /// <summary>Looks for <c>qemu-system-x86_64</c> on PATH, then for the name Red Hat gives it.</summary>
    /// <exception cref="QemuMissingException">Neither is there.</exception>
    public static string Find() => Find(Environment.GetEnvironmentVariable("PATH") ?? "/usr/sbin:/usr/bin", "/usr/libexec/qemu-kvm");

    internal static string Find(string path, string other) =>
        path.Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, "qemu-system-x86_64"))
            .Append(other)
            .FirstOrDefault(File.Exists)
        ?? throw new QemuMissingException(path);
}

/// <summary>No emulator on this host.</summary>
public sealed class QemuMissingException(string searched) : Exception(
    $"qemu-system-x86_64 is not on PATH ({searched}) and /usr/libexec/qemu-kvm does not exist: "
    + "install the package qemu-system-x86 (Debian, Ubuntu), qemu-kvm (Fedora, RHEL) or qemu-x86 (SUSE)");
