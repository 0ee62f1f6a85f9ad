using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Cumulet.ControlPlane.BlockStorage.Backups.Target.S3;

/// <summary>
/// Amazon's Signature Version 4: an HMAC over everything of a request that matters, by a key that is good for one day, region and
/// service. Rule: "Authenticating Requests (AWS Signature Version 4)" in Amazon's S3 API reference, whose examples are the test.
/// </summary>
internal static class S3Signature
{
    public const string DateHeader = "x-amz-date";
    public const string HashHeader = "x-amz-content-sha256";

    public static string Date(DateTimeOffset now) => now.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);

    /// <summary>Bytes outside of a few letters and digits as <c>%XX</c>.</summary>
    public static string Escape(string text) => Uri.EscapeDataString(text);

    /// <param name="path">Escaped, the slashes between its parts not.</param>
    /// <param name="query">Escaped and sorted.</param>
    /// <param name="headers">With small letters, sorted; <see cref="DateHeader"/> and <see cref="HashHeader"/> among them.</param>
    /// <returns>The value of the header Authorization.</returns>
    public static string Authorization(
        string method, string path, string query, IReadOnlyList<(string Name, string Value)> headers,
        string accessKey, string secretKey, string region)
    {
        string Header(string name) => headers.First(h => h.Name == name).Value;
        var names = string.Join(';', headers.Select(h => h.Name));
        var lines = string.Concat(headers.Select(h => $"{h.Name}:{h.Value.Trim()}\n"));
        var request = $"{method}\n{path}\n{query}\n{lines}\n{names}\n{Header(HashHeader)}";
        var date = Header(DateHeader);
        var scope = $"{date[..8]}/{region}/s3/aws4_request";
        var key = Encoding.UTF8.GetBytes("AWS4" + secretKey);
        foreach (var part in scope.Split('/')) key = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(part));
        var signed = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"AWS4-HMAC-SHA256\n{date}\n{scope}\n{Hash(request)}"));
        return $"AWS4-HMAC-SHA256 Credential={accessKey}/{scope}, SignedHeaders={names}, Signature={Convert.ToHexStringLower(signed)}";
    }

    public static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
