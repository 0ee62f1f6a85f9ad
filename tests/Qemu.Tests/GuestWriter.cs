using System.Buffers.Binary;
using System.Globalization;

namespace Cumulet.Qemu.Tests;

/// <summary>
/// A guest in one boot sector that writes its second disk through the firmware, without an operating system: block after block
/// of 4 KiB, each holding its sequence number, its place and a pattern of both. What a write was acknowledged for is said on
/// the serial port, a line with the number in hexadecimal; <c>!</c> is a write that the disk refused.
/// </summary>
internal static class GuestWriter
{
    /// <summary>Blocks that it writes before it begins again at the first.</summary>
    public const int Blocks = 1024;

    private const int BlockBytes = 4096;

    // .code16 for GNU as; "es" is the buffer, "ebp" the sequence number, "esi" the block:
    //
    //   next: eax = ebp; edx = ebp mod [blocks]; esi = edx
    //         es:[0] = ebp; es:[4] = esi; es:[4*i] = ebp * 0x9E3779B1 + i for i = 2 … 1023
    //         [lba] = esi << 3; int 0x13 with ax = 0x4300, dl = 0x81, ds:si = packet {16, 0, 8, 0000:1000, lba}
    //         carry: "!" LF, again; else eight hex digits LF, ebp++, again
    private static readonly byte[] Code = Convert.FromBase64String(
        "+jHAjtiO0LwAcLgAEI7A+2Yx7WaJ6GaLDsh8ZjHSZvfxZonWMf8mZoktJmaJdQRmiehmacCxeTeevwgAZrkCAAAAZonDZgHLJmaJHYPHBGZBZo" +
        "H5AAQAAHLoZonwZsHgA2ajwHy+uHy4AEOygQZmVc0TZl0HciVmieu5CABmwcMEiNgkDwQwPDpyAgQn6BkA4uuwCugSAGZF6Xf/sCHoCACwCugD" +
        "AOlq/1C6/QPsqCB0+1i6+APuwxAACAAAAAAQAAAAAAAAAAAABAAA");

    /// <summary>Makes the disk that it boots from: the first of the machine, the disk to be written is the second.</summary>
    public static string BootDisk(string path)
    {
        var bytes = new byte[1 << 20];
        Code.CopyTo(bytes, 0);
        (bytes[510], bytes[511]) = (0x55, 0xAA);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    /// <summary>Numbers of the writes that were acknowledged; throws where one was refused.</summary>
    public static List<uint> Acknowledged(string log)
    {
        var text = File.Exists(log) ? File.ReadAllText(log) : "";
        if (text.Contains('!', StringComparison.Ordinal)) throw new InvalidDataException("the guest saw a failed write");
        // The last line may not be whole yet.
        return [.. text.Split('\n')[..^1].Select(line => uint.Parse(line, NumberStyles.HexNumber, CultureInfo.InvariantCulture))];
    }

    /// <summary>Waits until that many more writes are acknowledged.</summary>
    public static async Task Goes(string log, int more, CancellationToken cancel)
    {
        var wanted = Acknowledged(log).Count + more;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        while (Acknowledged(log).Count < wanted) await Task.Delay(20, limit.Token);
    }

    /// <summary>What is wrong with the disk's content after these acknowledgements; null when every block is what it must be.</summary>
    public static string? Wrong(byte[] disk, IReadOnlyList<uint> acknowledged)
    {
        for (var i = 0; i < acknowledged.Count; i++)
            if (acknowledged[i] != i) return $"write {i} is said to be {acknowledged[i]}";
        for (var block = 0; block < Math.Min(Blocks, acknowledged.Count); block++)
        {
            var bytes = disk.AsSpan(block * BlockBytes, BlockBytes);
            var found = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
            var last = (uint)(block + (acknowledged.Count - 1 - block) / Blocks * Blocks);
            // One write more may have been on its way.
            if (found != last && !(found == last + Blocks && found == acknowledged.Count)) return $"block {block} holds write {found}, acknowledged was {last}";
            if (BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]) != block) return $"block {block} holds another block";
            for (var i = 2u; i < BlockBytes / 4; i++)
                if (BinaryPrimitives.ReadUInt32LittleEndian(bytes[(int)(4 * i)..]) != unchecked(found * 0x9E3779B1u + i)) return $"block {block} of write {found} is torn at {4 * i}";
        }
        return null;
    }
}
