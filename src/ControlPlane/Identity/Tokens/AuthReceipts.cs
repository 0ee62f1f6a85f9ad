using System.Text.Json;
using Cumulet.ControlPlane.Api;

namespace Cumulet.ControlPlane.Identity.Tokens;

/// <summary>
/// What a user has proved so far, where the rules ask for more: sealed like a token, but good for nothing except to be shown beside the
/// rest within five minutes. Rule: Identity API v3.12, "Authentication receipts".
/// </summary>
internal sealed class AuthReceipts(IdentityParts parts)
{
    private const string Header = "OpenStack-Auth-Receipt";
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    /// <summary>The receipt that comes with a request; null where there is none, 401 where it does not count.</summary>
    public Token? Shown(ApiRequest request)
    {
        if (request.Http.Request.Headers[Header] is not [{ Length: > 0 } text, ..]) return null;
        if (parts.Seal.UnsealReceipt(text) is not { } bytes || TokenPayload.FromBytes(bytes) is not { } payload) throw Fault.Unauthorized();
        if (payload.ExpiresAt <= parts.Time.GetUtcNow()) throw Fault.Unauthorized();
        return parts.Database.Read(tx => TokenService.Load(tx, payload)) ?? throw Fault.Unauthorized();
    }

    /// <summary>The 401 that says what is missing.</summary>
    public Reply Of(TokenPayload proved, IReadOnlyList<string[]> rules)
    {
        var payload = proved with
        {
            Scope = new TokenScope.Unscoped(),
            ExpiresAt = proved.IssuedAt + Lifetime,
        };
        var receipt = parts.Database.Read(tx => TokenService.Load(tx, payload)) ?? throw Fault.Unauthorized();
        return Reply.Json(401, json => Write(json, receipt, rules)).With(Header, parts.Seal.SealReceipt(payload.ToBytes())).With("Vary", "X-Auth-Token");
    }

    private static void Write(Utf8JsonWriter json, Token receipt, IReadOnlyList<string[]> rules)
    {
        json.WriteStartObject();
        json.WriteStartObject("receipt");
        TokenJson.WriteTexts(json, "methods", receipt.Payload.Methods);
        TokenJson.WriteUser(json, receipt);
        json.WriteString("expires_at", TimeText.MicrosecondsZ(receipt.Payload.ExpiresAt));
        json.WriteString("issued_at", TimeText.MicrosecondsZ(receipt.Payload.IssuedAt));
        json.WriteEndObject();
        json.WriteStartArray("required_auth_methods");
        foreach (var rule in rules)
        {
            json.WriteStartArray();
            foreach (var method in rule) json.WriteStringValue(method);
            json.WriteEndArray();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
