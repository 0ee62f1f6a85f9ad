using System.Globalization;
using System.Text;

namespace Cumulet.ControlPlane.Compute.Metadata;

/// <summary>What a guest sent, as far as it counts here.</summary>
internal sealed record MetadataRequest(string Method, string Path, byte[] Body)
{
    /// <summary>Bytes of head and body.</summary>
    public const int MaxBytes = 8 * 1024;

    /// <summary>Reads until the body is whole, the guest ends or the bound is reached.</summary>
    public static async Task<MetadataRequest> Read(Stream stream, CancellationToken cancel)
    {
        var buffer = new byte[MaxBytes];
        var length = 0;
        while (length < buffer.Length && !IsWhole(buffer.AsSpan(0, length)))
        {
            var count = await stream.ReadAsync(buffer.AsMemory(length), cancel);
            if (count == 0) break;
            length += count;
        }
        return Parse(buffer.AsSpan(0, length));
    }

    public static MetadataRequest Parse(ReadOnlySpan<byte> received)
    {
        var end = HeadEnd(received);
        var line = Encoding.ASCII.GetString(received[..(end < 0 ? received.Length : end)]).Split("\r\n", 2)[0].Split(' ');
        if (line.Length < 2) return new MetadataRequest("", "", []);
        var path = Uri.UnescapeDataString(line[1]);
        var query = path.IndexOf('?', StringComparison.Ordinal);
        return new MetadataRequest(line[0], query < 0 ? path : path[..query], end < 0 ? [] : received[(end + 4)..].ToArray());
    }

    private static bool IsWhole(ReadOnlySpan<byte> received)
    {
        var end = HeadEnd(received);
        return end >= 0 && received.Length >= end + 4 + BodyLength(Encoding.ASCII.GetString(received[..end]));
    }

    private static int HeadEnd(ReadOnlySpan<byte> received) => received.IndexOf("\r\n\r\n"u8);

    private static int BodyLength(string head)
    {
        foreach (var line in head.Split("\r\n"))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0 && line.AsSpan(0, colon).Equals("content-length", StringComparison.OrdinalIgnoreCase)
                && int.TryParse(line.AsSpan(colon + 1).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var length)) return length;
        }
        return 0;
    }
}
