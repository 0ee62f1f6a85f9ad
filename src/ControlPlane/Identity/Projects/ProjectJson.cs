using System.Text.Json;
using Cumulet.ControlPlane.Api;

namespace Cumulet.ControlPlane.Identity.Projects;

internal static class ProjectJson
{
    public static void Write(Utf8JsonWriter json, ApiRequest request, Project project, IReadOnlyList<string> tags)
    {
        json.WriteString("id", project.Id);
        json.WriteString("name", project.Name);
        json.WriteString("domain_id", project.DomainId);
        json.WriteString("description", project.Description);
        json.WriteBoolean("enabled", project.Enabled);
        json.WriteString("parent_id", project.ParentId);
        json.WriteBoolean("is_domain", project.IsDomain);
        WriteTags(json, tags);
        ResourceOptions.Write(json, project.Options);
        ExtraMembers.Write(json, project.Extra);
        IdentityJson.WriteSelf(json, request, $"projects/{project.Id}");
    }

    /// <summary>The same row as the domain API shows it.</summary>
    public static void WriteDomain(Utf8JsonWriter json, ApiRequest request, Project domain, IReadOnlyList<string> tags)
    {
        json.WriteString("id", domain.Id);
        json.WriteString("name", domain.Name);
        json.WriteString("description", domain.Description);
        json.WriteBoolean("enabled", domain.Enabled);
        WriteTags(json, tags);
        ResourceOptions.Write(json, domain.Options);
        ExtraMembers.Write(json, domain.Extra);
        IdentityJson.WriteSelf(json, request, $"domains/{domain.Id}");
    }

    public static void WriteTags(Utf8JsonWriter json, IReadOnlyList<string> tags)
    {
        json.WriteStartArray("tags");
        foreach (var tag in tags) json.WriteStringValue(tag);
        json.WriteEndArray();
    }
}
