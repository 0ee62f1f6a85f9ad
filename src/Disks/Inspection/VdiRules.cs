namespace Cumulet.Disks.Inspection;

/// <summary>VirtualBox disk images: version 1.1, dynamic or fixed, without parent.</summary>
internal static class VdiRules
{
    private const int HeaderBytes = 512;
    private const uint BlockSize = 1 << 20;

    public static Verdict Inspect(ByteSource source)
    {
        Span<byte> buffer = stackalloc byte[HeaderBytes];
        if (!Fields.TryRead(source, 0, buffer, out var header))
        {
            return Fields.Truncated("vdi", "header");
        }

        var (version, type, size) = (header.Le32(0x44), header.Le32(0x4C), header.Le64(0x170));
        var (sector, block, blocks) = (header.Le32(0x168), header.Le32(0x178), header.Le32(0x180));
        if (version != 0x00010001 || type is not (1 or 2))
        {
            return new Verdict.Refused($"The vdi version is 0x{version:x} and its type {type}; only 1.1, dynamic or fixed, is accepted.");
        }

        if (!header.AllZero(0x1A8, 32))
        {
            return new Verdict.Refused("The vdi has a parent disk; merge its snapshots before uploading it.");
        }

        if (sector != 512 || block != BlockSize || size > (ulong)blocks * BlockSize || blocks > 1u << 29)
        {
            return new Verdict.Refused($"The vdi states {size} bytes in {blocks} blocks of {block}; the file is damaged.");
        }

        var allocated = header.Le32(0x184);
        return allocated <= blocks
            && Fields.Inside(header.Le32(0x154), blocks * 4UL, source.Length)
            && Fields.Inside(header.Le32(0x158), (ulong)allocated * BlockSize, source.Length)
                ? new Verdict.Accepted(DiskFormat.Vdi, (long)size)
                : Fields.Truncated("vdi", "blocks");
    }
}
