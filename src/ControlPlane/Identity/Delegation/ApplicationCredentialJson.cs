using System.Text.Json;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Identity.Roles;

namespace Cumulet.ControlPlane.Identity.Delegation;

internal static class ApplicationCredentialJson
{
    /// <param name="secret">Shown once, when it is made.</param>
    public static void Write(
        Utf8JsonWriter json, ApiRequest request, ApplicationCredential credential, IReadOnlyList<Role> roles, string? secret = null)
    {
        json.WriteString("id", credential.Id);
        json.WriteString("name", credential.Name);
        json.WriteString("description", credential.Description);
        json.WriteString("project_id", credential.ProjectId);
        json.WriteString("user_id", credential.UserId);
        json.WriteBoolean("unrestricted", credential.Unrestricted);
        IdentityJson.WriteTime(json, "expires_at", credential.ExpiresAt);
        json.WriteStartArray("roles");
        foreach (var role in roles)
        {
            json.WriteStartObject();
            json.WriteString("id", role.Id);
            json.WriteString("name", role.Name);
            json.WriteString("domain_id", role.DomainId);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        if (credential.Rules is not null) WriteRules(json, credential.Rules);
        if (secret is not null) json.WriteString("secret", secret);
        IdentityJson.WriteSelf(json, request, $"users/{credential.UserId}/application_credentials/{credential.Id}");
    }

    public static void WriteRules(Utf8JsonWriter json, IReadOnlyList<KeptRule> rules)
    {
        json.WriteStartArray("access_rules");
        foreach (var rule in rules)
        {
            json.WriteStartObject();
            WriteRule(json, rule);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    public static void WriteRule(Utf8JsonWriter json, KeptRule kept)
    {
        json.WriteString("id", kept.Id);
        json.WriteString("path", kept.Rule.Path);
        json.WriteString("service", kept.Rule.Service);
        json.WriteString("method", kept.Rule.Method);
    }
}
