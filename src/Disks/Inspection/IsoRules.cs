namespace Cumulet.Disks.Inspection;

/// <summary>ISO 9660. A guest sees the bytes as they are, so all that is to be told is whether they are all there.</summary>
internal static class IsoRules
{
    private const long PrimaryVolume = 0x8000;

    public static Verdict Inspect(ByteSource source)
    {
        Span<byte> buffer = stackalloc byte[2048];
        if (!Fields.TryRead(source, PrimaryVolume, buffer, out var volume))
        {
            return Fields.Truncated("iso", "volume descriptor");
        }

        var (blocks, blockSize) = (volume.Le32(80), volume.Le16(128));
        return (ulong)blocks * blockSize > (ulong)source.Length
            ? Fields.Truncated("iso", $"{blocks} blocks of {blockSize} bytes")
            : new Verdict.Accepted(DiskFormat.Iso, source.Length);
    }
}
