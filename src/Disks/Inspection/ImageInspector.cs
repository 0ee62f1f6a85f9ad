namespace Cumulet.Disks.Inspection;

// Decides what bytes are before anything else opens them. The rules:
//   - every format is looked for, whatever was declared; the declared one must be the only one found;
//   - raw is what nothing else is found in (a partition table is part of a raw disk, and of a bootable ISO);
//   - an image that names another file, or would make a reader look for one, is refused;
//   - nothing here follows a size or an offset out of the image: all reads are bounded by ByteSource.

/// <summary>The store's own reader of image headers: bounded in time and memory, throws for no input.</summary>
public static class ImageInspector
{
    /// <summary>Says whether the bytes are an acceptable image of the declared format.</summary>
    public static Verdict Inspect(DiskFormat declared, ByteSource source, InspectionLimits limits)
    {
        var found = Signatures.Find(source);
        if (found.Count > 1)
        {
            return new Verdict.Refused(
                $"The image reads as {string.Join(" and as ", found.Select(f => f.Name))} at once; upload a file that is one format only.");
        }

        var only = found.Count == 1 ? found[0] : Signature.None;
        if (only.Unsupported)
        {
            return new Verdict.Refused(
                $"disk_format is {declared.Name()}, but the bytes are {only.Name}, which is not accepted; convert the image to raw or qcow2.");
        }

        if (only.Format != declared)
        {
            return new Verdict.Refused(
                $"disk_format is {declared.Name()}, but the bytes are {only.Name}; set disk_format to what the file is, or convert the file.");
        }

        var verdict = Parse(declared, source, limits);
        return verdict is Verdict.Accepted accepted && accepted.VirtualSize > limits.MaxVirtualSize
            ? new Verdict.Refused(
                $"The virtual size is {accepted.VirtualSize} bytes, over the limit of {limits.MaxVirtualSize}; upload a smaller disk.")
            : verdict;
    }

    private static Verdict Parse(DiskFormat format, ByteSource source, InspectionLimits limits) => format switch
    {
        DiskFormat.Raw => new Verdict.Accepted(DiskFormat.Raw, source.Length),
        DiskFormat.Qcow2 => Qcow2Rules.Inspect(source, limits),
        DiskFormat.Vmdk => VmdkRules.Inspect(source),
        DiskFormat.Vdi => VdiRules.Inspect(source),
        DiskFormat.Vhd => VhdRules.Inspect(source),
        DiskFormat.Vhdx => VhdxRules.Inspect(source),
        DiskFormat.Iso => IsoRules.Inspect(source),
        DiskFormat.Qed => new Verdict.Refused("disk_format qed is not accepted; convert the image to qcow2."),
        DiskFormat.Luks => new Verdict.Refused(
            "The image is encrypted with LUKS, and an encrypted image cannot be booted here; upload it decrypted."),
        _ => throw new ArgumentOutOfRangeException(nameof(format), format, "Not a disk format."),
    };
}
