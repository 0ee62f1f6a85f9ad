namespace Cumulet.ControlPlane.Compute.Hypervisor;

/// <summary>
/// What the UEFI of a guest remembers: boot entries, keys, what its system stored. A file of the server beside its console log;
/// it lives as long as the server, whatever its root is on, and begins anew with a rebuild. The guest's firmware writes it.
/// </summary>
internal sealed class FirmwareVariables(string folder)
{
    public string File { get; } = Path.Combine(folder, "uefi-variables.fd");

    public bool Exist => System.IO.File.Exists(File);

    /// <summary>Begins from the firmware's own where the server has none yet; whole and on disk when this returns.</summary>
    /// <exception cref="HypervisorException">They are of another firmware.</exception>
    public void Begin(string template)
    {
        if (Exist)
        {
            var (has, wants) = (new FileInfo(File).Length, new FileInfo(template).Length);
            if (has == wants) return;
            throw new HypervisorException(
                $"the server's UEFI variables have {has} bytes and the firmware of this host wants {wants}: rebuild the server, which begins them anew");
        }
        var part = File + ".new";
        System.IO.File.Copy(template, part, overwrite: true);
        // Only the daemon opens it; the guest gets a descriptor.
        System.IO.File.SetUnixFileMode(part, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        using (var handle = System.IO.File.OpenHandle(part, FileMode.Open, FileAccess.ReadWrite)) RandomAccess.FlushToDisk(handle);
        System.IO.File.Move(part, File, overwrite: true);
    }

    public void Discard()
    {
        if (Directory.Exists(folder)) System.IO.File.Delete(File);
    }
}
