using Cumulet.ControlPlane.Api;

namespace Cumulet.ControlPlane.Images.Metadefs;

/// <summary>The URLs of the metadata definitions.</summary>
internal static class MetadefRoutes
{
    private const string All = "v2/metadefs/namespaces";
    private const string One = "v2/metadefs/namespaces/{namespace}";

    public static void Add(RouteTable routes, CloudParts parts)
    {
        AddNamespaces(routes, parts);
        AddObjects(routes, parts);
        AddProperties(routes, parts);
        AddTags(routes, parts);
        AddResourceTypes(routes, parts);
        MetadefSchemas.Add(routes);
    }

    private static void AddNamespaces(RouteTable routes, CloudParts parts)
    {
        var namespaces = new MetadefNamespaces(parts);
        routes.Get(All, "get_metadef_namespaces", namespaces.List);
        routes.Post(All, "add_metadef_namespace", namespaces.Create).ByTarget();
        routes.Get(One, "get_metadef_namespace", namespaces.Show).ByTarget();
        routes.Put(One, "modify_metadef_namespace", namespaces.Update).ByTarget();
        routes.Delete(One, "delete_metadef_namespace", namespaces.Delete).ByTarget();
        routes.Delete($"{One}/objects", "delete_metadef_namespace", namespaces.DeleteAll(DefinitionKind.Object)).ByTarget();
        routes.Delete($"{One}/properties", "delete_metadef_namespace", namespaces.DeleteAll(DefinitionKind.Property)).ByTarget();
        routes.Delete($"{One}/tags", "delete_metadef_tags", namespaces.DeleteAll(DefinitionKind.Tag)).ByTarget();
    }

    private static void AddObjects(RouteTable routes, CloudParts parts)
    {
        var objects = new MetadefDefinitions(parts, DefinitionKind.Object, MetadefShapes.Object, "object",
            (json, record, item) => MetadefJson.WriteObject(json, record, item),
            (json, record, items) =>
            {
                json.WriteStartObject();
                MetadefJson.WriteList(json, "objects", items, (to, item) => MetadefJson.WriteObject(to, record, item));
                json.WriteString("schema", "v2/schemas/metadefs/objects");
                json.WriteEndObject();
            });
        routes.Get($"{One}/objects", "get_metadef_objects", objects.List).ByTarget();
        routes.Post($"{One}/objects", "add_metadef_object", objects.Create).ByTarget();
        routes.Get($"{One}/objects/{{name}}", "get_metadef_object", objects.Show).ByTarget();
        routes.Put($"{One}/objects/{{name}}", "modify_metadef_object", objects.Update).ByTarget();
        routes.Delete($"{One}/objects/{{name}}", "delete_metadef_object", objects.Delete).ByTarget();
    }

    private static void AddProperties(RouteTable routes, CloudParts parts)
    {
        var properties = new MetadefDefinitions(parts, DefinitionKind.Property, MetadefShapes.Property, "property",
            (json, _, item) => MetadefJson.WriteProperty(json, item),
            (json, _, items) =>
            {
                json.WriteStartObject();
                MetadefJson.WriteProperties(json, items);
                json.WriteEndObject();
            });
        routes.Get($"{One}/properties", "get_metadef_properties", properties.List).ByTarget();
        routes.Post($"{One}/properties", "add_metadef_property", properties.Create).ByTarget();
        routes.Get($"{One}/properties/{{name}}", "get_metadef_property", properties.Show).ByTarget();
        routes.Put($"{One}/properties/{{name}}", "modify_metadef_property", properties.Update).ByTarget();
        routes.Delete($"{One}/properties/{{name}}", "remove_metadef_property", properties.Delete).ByTarget();
    }

    private static void AddTags(RouteTable routes, CloudParts parts)
    {
        var tags = new MetadefDefinitions(parts, DefinitionKind.Tag, MetadefShapes.Tag, "tag",
            (json, _, item) => MetadefJson.WriteTag(json, item, withTimes: true),
            (json, _, items) =>
            {
                json.WriteStartObject();
                MetadefJson.WriteList(json, "tags", items, (to, item) => MetadefJson.WriteTag(to, item, withTimes: false));
                json.WriteEndObject();
            });
        routes.Get($"{One}/tags", "get_metadef_tags", tags.List).ByTarget();
        routes.Post($"{One}/tags", "add_metadef_tags", new MetadefTags(parts).CreateMany).ByTarget();
        routes.Post($"{One}/tags/{{name}}", "add_metadef_tag", tags.CreateNamed).ByTarget();
        routes.Get($"{One}/tags/{{name}}", "get_metadef_tag", tags.Show).ByTarget();
        routes.Put($"{One}/tags/{{name}}", "modify_metadef_tag", tags.Update).ByTarget();
        routes.Delete($"{One}/tags/{{name}}", "delete_metadef_tag", tags.Delete).ByTarget();
    }

    private static void AddResourceTypes(RouteTable routes, CloudParts parts)
    {
        var types = new MetadefResourceTypes(parts);
        routes.Get("v2/metadefs/resource_types", "list_metadef_resource_types", types.ListAll);
        routes.Get($"{One}/resource_types", "get_metadef_resource_type", types.List).ByTarget();
        routes.Post($"{One}/resource_types", "add_metadef_resource_type_association", types.Create).ByTarget();
        routes.Delete($"{One}/resource_types/{{name}}", "remove_metadef_resource_type_association", types.Delete).ByTarget();
    }
}
