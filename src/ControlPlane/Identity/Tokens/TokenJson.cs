using System.Text.Json;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Identity.Catalog;
using Cumulet.ControlPlane.Identity.Delegation;
using Cumulet.ControlPlane.Identity.Projects;

namespace Cumulet.ControlPlane.Identity.Tokens;

/// <summary>Rule: Identity API v3, "Authentication and token management".</summary>
internal static class TokenJson
{
    /// <param name="catalog">Null leaves it out.</param>
    public static Reply Reply(int status, Token token, IReadOnlyList<CatalogService>? catalog) => Api.Reply.Json(status, json =>
    {
        json.WriteStartObject();
        json.WriteStartObject("token");
        Write(json, token);
        if (catalog is not null)
        {
            json.WritePropertyName("catalog");
            CatalogJson.Write(json, catalog);
        }
        json.WriteEndObject();
        json.WriteEndObject();
    });

    private static void Write(Utf8JsonWriter json, Token token)
    {
        var payload = token.Payload;
        WriteTexts(json, "methods", payload.Methods);
        WriteUser(json, token);
        WriteTexts(json, "audit_ids", payload.AuditIds);
        json.WriteString("expires_at", TimeText.MicrosecondsZ(payload.ExpiresAt));
        json.WriteString("issued_at", TimeText.MicrosecondsZ(payload.IssuedAt));
        WriteScope(json, token);
        if (payload.Scope is not TokenScope.Unscoped) WriteRoles(json, token);
        if (token.ApplicationCredential is { } credential) WriteCredential(json, credential);
        if (token.Trust is { } trust) WriteTrust(json, trust);
    }

    private static void WriteCredential(Utf8JsonWriter json, ApplicationCredential credential)
    {
        json.WriteStartObject("application_credential");
        json.WriteString("id", credential.Id);
        json.WriteString("name", credential.Name);
        json.WriteBoolean("restricted", !credential.Unrestricted);
        if (credential.Rules is not null) ApplicationCredentialJson.WriteRules(json, credential.Rules);
        json.WriteEndObject();
    }

    private static void WriteTrust(Utf8JsonWriter json, Trust trust)
    {
        json.WriteStartObject("OS-TRUST:trust");
        json.WriteString("id", trust.Id);
        json.WriteBoolean("impersonation", trust.Impersonation);
        json.WriteStartObject("trustee_user");
        json.WriteString("id", trust.TrusteeUserId);
        json.WriteEndObject();
        json.WriteStartObject("trustor_user");
        json.WriteString("id", trust.TrustorUserId);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    internal static void WriteTexts(Utf8JsonWriter json, string name, IReadOnlyList<string> texts)
    {
        json.WriteStartArray(name);
        foreach (var text in texts) json.WriteStringValue(text);
        json.WriteEndArray();
    }

    internal static void WriteUser(Utf8JsonWriter json, Token token)
    {
        json.WriteStartObject("user");
        WriteNamed(json, "domain", token.UserDomain);
        json.WriteString("id", token.User.Id);
        json.WriteString("name", token.User.Name);
        if (token.User.PasswordExpiresAt is { } expires) json.WriteString("password_expires_at", TimeText.Microseconds(expires));
        else json.WriteNull("password_expires_at");
        json.WriteEndObject();
    }

    private static void WriteScope(Utf8JsonWriter json, Token token)
    {
        if (token.Project is { } project)
        {
            json.WriteStartObject("project");
            WriteNamed(json, "domain", token.ProjectDomain!);
            json.WriteString("id", project.Id);
            json.WriteString("name", project.Name);
            json.WriteEndObject();
            json.WriteBoolean("is_domain", project.IsDomain);
        }
        if (token.Domain is { } domain) WriteNamed(json, "domain", domain);
        if (token.Payload.Scope is not TokenScope.System) return;
        json.WriteStartObject("system");
        json.WriteBoolean("all", true);
        json.WriteEndObject();
    }

    private static void WriteNamed(Utf8JsonWriter json, string member, Project row)
    {
        json.WriteStartObject(member);
        json.WriteString("id", row.Id);
        json.WriteString("name", row.Name);
        json.WriteEndObject();
    }

    private static void WriteRoles(Utf8JsonWriter json, Token token)
    {
        json.WriteStartArray("roles");
        foreach (var role in token.Roles)
        {
            json.WriteStartObject();
            json.WriteString("id", role.Id);
            json.WriteString("name", role.Name);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }
}
