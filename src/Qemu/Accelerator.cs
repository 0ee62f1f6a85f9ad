namespace Cumulet.Qemu;

/// <summary>What executes guest instructions. TCG works everywhere but is no security boundary.</summary>
public abstract record Accelerator
{
    private Accelerator() { }

    public sealed record Kvm : Accelerator;

    /// <param name="Why">Why it is not KVM, for the operator.</param>
    public sealed record Tcg(string Why) : Accelerator;

    /// <summary>
    /// KVM only when /dev/kvm opens and the CPU shows vmx or svm: below a hypervisor without nesting the device may open
    /// and guests hang.
    /// </summary>
    public static Accelerator Detect() => Detect("/dev/kvm", "/proc/cpuinfo");

    internal static Accelerator Detect(string device, string cpuinfo)
    {
        if (!HasVirtualization(cpuinfo))
            return new Tcg($"{cpuinfo} shows neither vmx nor svm");
        try
        {
            using var kvm = File.OpenHandle(device, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
            return new Kvm();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new Tcg($"{device} does not open: {e.Message}");
        }
    }

    private static bool HasVirtualization(string cpuinfo) =>
        File.Exists(cpuinfo) && File.ReadLines(cpuinfo)
            .Where(line => line.StartsWith("flags", StringComparison.Ordinal))
            .Take(1)
            .SelectMany(line => line.Split(' '))
            .Any(flag => flag is "vmx" or "svm");
}
