using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Images.Metadefs;

/// <summary>Finds the namespace a request is about and asks the policies about it.</summary>
internal static class MetadefAccess
{
    /// <summary>404 where it is not seen, 403 where it is and the route's policy says no.</summary>
    public static NamespaceRecord Allowed(Tx tx, ApiRequest request)
    {
        var found = MetadefStore.FindNamespace(tx, request[0]);
        if (found is null || !request.Allows("get_metadef_namespace", Target(found)))
            throw Fault.NotFound($"Namespace {request[0].Truncated()} not found");
        request.Authorize(Target(found));
        return found;
    }

    /// <summary>The same for what takes something away: 403 in a protected namespace.</summary>
    public static NamespaceRecord AllowedToRemove(Tx tx, ApiRequest request, string what, string name)
    {
        var found = Allowed(tx, request);
        return found.Protected ? throw Fault.Forbidden($"Metadata definition {what} {name.Truncated()} is protected and cannot be deleted.") : found;
    }

    public static PolicyTarget Target(NamespaceRecord record)
    {
        var target = PolicyTarget.OwnedBy(record.Owner);
        target["visibility"] = record.Visibility;
        return target;
    }

    /// <summary>Which namespaces a list shows.</summary>
    public static Sql Visible(Caller caller) => caller.IsAdmin
        ? Sql.Raw("1 = 1")
        : new Sql().Add($"(n.visibility = 'public' OR n.owner = {caller.ProjectId})");

    public static Definition Find(Tx tx, NamespaceRecord record, DefinitionKind kind, string name) =>
        MetadefStore.Find(tx, record.Id, kind, name)
            ?? throw Fault.NotFound($"The metadata definition {Word(kind)} with name={name.Truncated()} was not found in namespace={record.Name}.");

    public static void RequireFree(Tx tx, NamespaceRecord record, DefinitionKind kind, string name)
    {
        if (!MetadefStore.IsTaken(tx, record.Id, kind, name)) return;
        throw Fault.Conflict(kind switch
        {
            DefinitionKind.Tag => $"A metadata tag with name={name} already exists in namespace={record.Name}. (Please note that metadata tag names are case insensitive).",
            DefinitionKind.ResourceType => $"The metadata definition resource-type association of resource-type={name} to namespace={record.Name} already exists.",
            _ => $"A metadata definition {Word(kind)} with name={name} already exists in namespace={record.Name}.",
        });
    }

    private static string Word(DefinitionKind kind) => kind switch
    {
        DefinitionKind.Object => "object",
        DefinitionKind.Property => "property",
        DefinitionKind.Tag => "tag",
        _ => "resource-type",
    };
}
