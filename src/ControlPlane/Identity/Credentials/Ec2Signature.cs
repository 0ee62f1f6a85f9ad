using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Cumulet.ControlPlane.Api;

namespace Cumulet.ControlPlane.Identity.Credentials;

/// <summary>
/// Checks the signature of a request that somebody else received and hands in. Rules: AWS "Signature Version 2" and
/// "Signature Version 4 signing process". The older versions sign too little and are refused.
/// </summary>
internal static class Ec2Signature
{
    private const string Algorithm = "AWS4-HMAC-SHA256";

    /// <summary>When the request was signed; null where the signed text does not say, or not readably.</summary>
    public static DateTimeOffset? SignedAt(JsonElement credentials)
    {
        var text = Param(credentials, "Timestamp") ?? Header(credentials, "X-Amz-Date") ?? Param(credentials, "X-Amz-Date");
        return ParseTime(text);
    }

    public static DateTimeOffset? ParseTime(string? text) =>
        DateTimeOffset.TryParseExact(text, ["yyyyMMdd'T'HHmmss'Z'", "yyyy-MM-dd'T'HH:mm:ss'Z'", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", "yyyy-MM-dd'T'HH:mm:ss"],
            CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time
            : null;

    public static bool IsRight(JsonElement credentials, string secret)
    {
        if (credentials.GetText("signature") is not { Length: > 0 } given) return false;
        var host = credentials.GetText("host") ?? "";
        if (Equal(given, Make(credentials, secret, host))) return true;
        // Some clients leave the port out of what they sign.
        var colon = host.LastIndexOf(':');
        return colon > 0 && Equal(given, Make(credentials, secret, host[..colon]));
    }

    internal static bool Equal(string given, string? made) =>
        made is not null && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), Encoding.UTF8.GetBytes(made));

    private static string? Make(JsonElement credentials, string secret, string host)
    {
        if (Param(credentials, "SignatureVersion") == "2") return Version2(credentials, secret, host);
        var isVersion4 = Header(credentials, "Authorization")?.StartsWith(Algorithm, StringComparison.Ordinal) is true
            || Param(credentials, "X-Amz-Algorithm") == Algorithm;
        return isVersion4 ? Version4(credentials, secret, host) : null;
    }

    private static string Version2(JsonElement credentials, string secret, string host)
    {
        var text = $"{credentials.GetText("verb")}\n{host}\n{credentials.GetText("path")}\n{Canonical(credentials)}";
        return Convert.ToBase64String(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(text)));
    }

    private static string? Version4(JsonElement credentials, string secret, string host)
    {
        var scope = Auth(credentials, "Credential")?.Split('/');
        var signed = Auth(credentials, "SignedHeaders");
        var date = Header(credentials, "X-Amz-Date") ?? Param(credentials, "X-Amz-Date");
        if (scope is not [_, var day, var region, var service, "aws4_request"] || signed is null || date is null) return null;
        if (!date.StartsWith(day, StringComparison.Ordinal)) return null;
        var headers = signed.Split(';').Select(name => (Name: name, Value: name == "host" ? host : Header(credentials, name)))
            .Where(h => h.Value is not null).Select(h => $"{h.Name}:{h.Value}\n");
        var verb = (credentials.GetText("verb") ?? "").ToUpperInvariant();
        var query = verb == "POST" ? "" : Canonical(credentials);
        var request = $"{verb}\n{credentials.GetText("path")}\n{query}\n{string.Concat(headers)}\n{signed}\n{credentials.GetText("body_hash")}";
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(request)));
        return Sign(secret, day, region, service, $"{Algorithm}\n{date}\n{day}/{region}/{service}/aws4_request\n{hash}");
    }

    /// <summary>Version 4's last step, over the text to sign.</summary>
    public static string Sign(string secret, string day, string region, string service, string text)
    {
        var key = Encoding.UTF8.GetBytes("AWS4" + secret);
        foreach (var part in (string[])[day, region, service, "aws4_request"]) key = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(part));
        return Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text)));
    }

    private static string? Auth(JsonElement credentials, string name)
    {
        if (Header(credentials, "Authorization") is not { } header) return Param(credentials, $"X-Amz-{name}");
        var at = header.IndexOf(name + "=", StringComparison.Ordinal);
        return at < 0 ? null : header[(at + name.Length + 1)..].Split(',')[0].Trim();
    }

    private static string Canonical(JsonElement credentials) => credentials.Get("params") is { ValueKind: JsonValueKind.Object } given
        ? string.Join('&', given.EnumerateObject().Where(p => p.Name is not ("Signature" or "X-Amz-Signature"))
            .OrderBy(p => p.Name, StringComparer.Ordinal)
            .Select(p => $"{Uri.EscapeDataString(p.Name)}={Uri.EscapeDataString(p.Value.ValueKind == JsonValueKind.String ? p.Value.GetString()! : p.Value.GetRawText())}"))
        : "";

    private static string? Param(JsonElement credentials, string name) => credentials.Get("params")?.GetText(name);

    private static string? Header(JsonElement credentials, string name)
    {
        if (credentials.Get("headers") is not { ValueKind: JsonValueKind.Object } headers) return null;
        foreach (var header in headers.EnumerateObject())
            if (string.Equals(header.Name, name, StringComparison.OrdinalIgnoreCase) && header.Value.ValueKind == JsonValueKind.String)
                return header.Value.GetString()!.Trim();
        return null;
    }
}
