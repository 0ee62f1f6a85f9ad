using System.Net;
using System.Text;
using System.Text.RegularExpressions;

namespace Cumulet.ControlPlane.BlockStorage.Backups.Target.S3;

/// <summary>
/// A page of ListObjectsV2. Of its XML three elements matter, which have text and no elements in them, and nothing else there has
/// their names.
/// </summary>
internal static partial class S3Listing
{
    /// <summary>A thousand names of a kilobyte, and what stands around them.</summary>
    private const int LongestPage = 4 << 20;

    public static async Task<(List<string> Keys, string? Next)> Read(Stream body, CancellationToken cancel)
    {
        using var page = new MemoryStream();
        var buffer = new byte[1 << 16];
        for (int count; (count = await body.ReadAsync(buffer, cancel)) > 0; page.Write(buffer, 0, count))
            if (page.Length > LongestPage) throw Wrong();
        var text = Encoding.UTF8.GetString(page.GetBuffer(), 0, (int)page.Length);
        if (!text.Contains("<ListBucketResult", StringComparison.Ordinal)) throw Wrong();
        var (keys, next, isTruncated) = (new List<string>(), (string?)null, false);
        foreach (Match element in Elements().Matches(text))
        {
            var value = WebUtility.HtmlDecode(element.Groups[2].Value);
            if (element.Groups[1].ValueSpan is "Key") keys.Add(value);
            else if (element.Groups[1].ValueSpan is "NextContinuationToken") next = value;
            else isTruncated = value == "true";
        }
        return isTruncated && next is null ? throw Wrong() : (keys, isTruncated ? next : null);
    }

    private static BackupTargetException Wrong() => new("the backup target's list of files is none that S3 knows");

    [GeneratedRegex("<(Key|NextContinuationToken|IsTruncated)>([^<]*)</\\1>")]
    private static partial Regex Elements();
}
