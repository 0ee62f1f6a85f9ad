using System.Text.Json;
using Cumulet.ControlPlane.Api;

namespace Cumulet.ControlPlane.Identity.Roles;

internal static class RoleJson
{
    public static void Write(Utf8JsonWriter json, ApiRequest request, Role role)
    {
        json.WriteString("id", role.Id);
        json.WriteString("name", role.Name);
        json.WriteString("domain_id", role.DomainId);
        json.WriteString("description", role.Description);
        ResourceOptions.Write(json, role.Options);
        ExtraMembers.Write(json, role.Extra);
        IdentityJson.WriteSelf(json, request, $"roles/{role.Id}");
    }

    /// <summary>As the inference API shows a role.</summary>
    public static void WriteBrief(Utf8JsonWriter json, ApiRequest request, Role role)
    {
        json.WriteString("id", role.Id);
        json.WriteString("name", role.Name);
        json.WriteString("description", role.Description);
        IdentityJson.WriteSelf(json, request, $"roles/{role.Id}");
    }
}
