namespace Cumulet.Qemu;

/// <summary>UEFI for guests: OVMF's code, shared and read-only, and the variables that a new guest begins with.</summary>
public sealed record UefiFirmware(string Code, string Variables)
{
    // Debian and Ubuntu, Fedora, SUSE, Arch; each pair is of one size.
    private static readonly UefiFirmware[] Known =
    [
        new("/usr/share/OVMF/OVMF_CODE_4M.fd", "/usr/share/OVMF/OVMF_VARS_4M.fd"),
        new("/usr/share/OVMF/OVMF_CODE.fd", "/usr/share/OVMF/OVMF_VARS.fd"),
        new("/usr/share/edk2/ovmf/OVMF_CODE.fd", "/usr/share/edk2/ovmf/OVMF_VARS.fd"),
        new("/usr/share/qemu/ovmf-x86_64-4m-code.bin", "/usr/share/qemu/ovmf-x86_64-4m-vars.bin"),
        new("/usr/share/edk2/x64/OVMF_CODE.4m.fd", "/usr/share/edk2/x64/OVMF_VARS.4m.fd"),
    ];

    /// <summary>The one that this host has.</summary>
    /// <exception cref="UefiMissingException">None.</exception>
    public static UefiFirmware Find() => Find(File.Exists);

    internal static UefiFirmware Find(Func<string, bool> exists) =>
        Array.Find(Known, firmware => exists(firmware.Code) && exists(firmware.Variables)) ?? throw new UefiMissingException();
}

/// <summary>No UEFI firmware on this host.</summary>
public sealed class UefiMissingException() : Exception(
    "this host has no UEFI firmware: install the package ovmf (Debian, Ubuntu), edk2-ovmf (Fedora, RHEL, Arch) or qemu-ovmf-x86_64 (SUSE)");
