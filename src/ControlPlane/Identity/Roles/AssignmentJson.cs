using System.Text.Json;
using Cumulet.ControlPlane.Api;

namespace Cumulet.ControlPlane.Identity.Roles;

/// <summary>Rule: Identity API v3, "List role assignments".</summary>
internal sealed class AssignmentJson(ApiRequest request, AssignmentNames? names)
{
    public void Write(Utf8JsonWriter json, ListedAssignment listed)
    {
        var a = listed.Assignment;
        WriteLinks(json, listed);
        json.WriteStartObject("scope");
        if (a.TargetKind is TargetKind.System)
        {
            json.WriteStartObject("system");
            json.WriteBoolean("all", true);
            json.WriteEndObject();
        }
        else WriteNamed(json, AssignmentStore.Text(a.TargetKind), a.TargetId, withDomain: a.TargetKind is TargetKind.Project);
        if (a.Inherited) json.WriteString("OS-INHERIT:inherited_to", "projects");
        json.WriteEndObject();
        WriteNamed(json, AssignmentStore.Text(a.ActorKind), a.ActorId, withDomain: true);
        WriteNamed(json, "role", a.RoleId, withDomain: true);
    }

    private void WriteNamed(Utf8JsonWriter json, string member, string id, bool withDomain)
    {
        json.WriteStartObject(member);
        json.WriteString("id", id);
        if (names?[id] is { } named)
        {
            json.WriteString("name", named.Name);
            if (withDomain && named.DomainId is { } domain)
            {
                json.WriteStartObject("domain");
                json.WriteString("id", domain);
                json.WriteString("name", names[domain].Name);
                json.WriteEndObject();
            }
        }
        json.WriteEndObject();
    }

    // The link leads to the assignment that was made, which a worked-out one stems from.
    private void WriteLinks(Utf8JsonWriter json, ListedAssignment listed)
    {
        var a = listed.Assignment;
        var target = a.TargetKind is TargetKind.System ? "system" : $"{AssignmentStore.Text(a.TargetKind)}s/{a.TargetId}";
        if (listed.From is { } from) target = $"{AssignmentStore.Text(from.Kind)}s/{from.Id}";
        var actor = listed.ByGroup is { } group ? $"groups/{group}" : $"{AssignmentStore.Text(a.ActorKind)}s/{a.ActorId}";
        var path = $"{target}/{actor}/roles/{listed.PriorRole ?? a.RoleId}";
        if (a.Inherited) path = $"OS-INHERIT/{path}/inherited_to_projects";
        var root = $"{request.ServiceUrl}/v3";
        json.WriteStartObject("links");
        json.WriteString("assignment", $"{root}/{path}");
        if (listed.ByGroup is { } member) json.WriteString("membership", $"{root}/groups/{member}/users/{a.ActorId}");
        if (listed.PriorRole is { } prior) json.WriteString("prior_role", $"{root}/roles/{prior}/implies/{a.RoleId}");
        json.WriteEndObject();
    }
}
