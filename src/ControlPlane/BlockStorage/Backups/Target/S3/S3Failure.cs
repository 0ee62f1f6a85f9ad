using System.Net;
using System.Text;
using System.Text.RegularExpressions;

namespace Cumulet.ControlPlane.BlockStorage.Backups.Target.S3;

/// <summary>
/// What the store has answered instead of doing what it was asked. Only the code of its answer is kept: the rest tells of keys and
/// of what was signed.
/// </summary>
internal sealed partial class S3Failure(HttpStatusCode status, string code) : Exception($"{(int)status} {code}".TrimEnd())
{
    private const int LongestAnswer = 64 << 10;

    public bool HasNoBucket => Code == "NoSuchBucket";

    public string Code => code;

    public HttpStatusCode Status => status;

    /// <summary>Whether another attempt may do better.</summary>
    public bool IsPassing => status is HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout or HttpStatusCode.InternalServerError
            or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout
        || code is "RequestTimeout" or "IncompleteBody" or "BadDigest" or "XAmzContentSHA256Mismatch" or "SlowDown";

    public static async Task<S3Failure> Of(HttpResponseMessage response, CancellationToken cancel)
    {
        var text = new byte[LongestAnswer];
        await using var body = await response.Content.ReadAsStreamAsync(cancel);
        var count = await body.ReadAtLeastAsync(text, text.Length, throwOnEndOfStream: false, cancel);
        return new S3Failure(response.StatusCode, CodeOf().Match(Encoding.UTF8.GetString(text, 0, count)).Groups[1].Value);
    }

    public BackupTargetException Told() => (code, status) switch
    {
        ("NoSuchBucket", _) => new("the backup target has no such bucket", this) { IsMissing = true },
        (_, HttpStatusCode.NotFound) => BackupTargetException.Missing(this),
        ("InvalidAccessKeyId" or "SignatureDoesNotMatch", _) => new("the backup target does not take this cloud's key", this),
        ("RequestTimeTooSkewed", _) => new("the backup target's clock and this cloud's are too far apart", this),
        ("AuthorizationHeaderMalformed" or "PermanentRedirect", _) or (_, HttpStatusCode.MovedPermanently) =>
            new("the backup target's bucket is in another region than this cloud takes it to be", this),
        ("QuotaExceeded" or "XMinioStorageFull", _) or (_, HttpStatusCode.InsufficientStorage) => new("the backup target is full", this),
        (_, HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized) => new("the backup target may not be written or read", this),
        _ => new($"the backup target answers {Message}", this),
    };

    [GeneratedRegex("<Code>([A-Za-z0-9.]{1,64})</Code>")]
    private static partial Regex CodeOf();
}
