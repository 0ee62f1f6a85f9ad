using System.Text.Json;
using Cumulet.ControlPlane.Api;

namespace Cumulet.ControlPlane.Identity.Users;

internal static class UserJson
{
    public static void Write(Utf8JsonWriter json, ApiRequest request, User user)
    {
        json.WriteString("id", user.Id);
        json.WriteString("name", user.Name);
        json.WriteString("domain_id", user.DomainId);
        json.WriteBoolean("enabled", user.Enabled);
        if (user.DefaultProjectId is { } project) json.WriteString("default_project_id", project);
        IdentityJson.WriteTime(json, "password_expires_at", user.PasswordExpiresAt);
        ResourceOptions.Write(json, user.Options);
        ExtraMembers.Write(json, user.Extra);
        IdentityJson.WriteSelf(json, request, $"users/{user.Id}");
    }
}
