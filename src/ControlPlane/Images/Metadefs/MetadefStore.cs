using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Images.Metadefs;

/// <summary>A named collection of definitions: what properties of images, flavors and volumes mean.</summary>
internal sealed record NamespaceRecord
{
    public required string Id { get; init; }
    public required string Name { get; init; }
    public string? DisplayName { get; init; }
    public string? Description { get; init; }
    /// <summary>public or private.</summary>
    public required string Visibility { get; init; }
    public bool Protected { get; init; }
    public string? Owner { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset UpdatedAt { get; init; }
}

/// <summary>What a definition defines; also the word in error texts.</summary>
internal enum DefinitionKind { Object, Property, Tag, ResourceType }

/// <summary>One definition in a namespace.</summary>
/// <param name="Body">A JSON object: the definition's members without its name.</param>
internal sealed record Definition(
    string NamespaceId, DefinitionKind Kind, string Name, string Body, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt);

/// <summary>The metadata definitions' SQL.</summary>
internal static class MetadefStore
{
    public const string Columns = "n.id, n.namespace, n.display_name, n.description, n.visibility, n.protected, n.owner, n.created_at, n.updated_at";

    public static NamespaceRecord? FindNamespace(Tx tx, string name) =>
        tx.Find($"SELECT {Sql.Raw(Columns)} FROM metadef_namespaces n WHERE n.namespace = {name}", ReadNamespace);

    public static void Insert(Tx tx, NamespaceRecord record) => tx.Execute($"""
        INSERT INTO metadef_namespaces (id, namespace, display_name, description, visibility, protected, owner, created_at, updated_at)
        VALUES ({record.Id}, {record.Name}, {record.DisplayName}, {record.Description}, {record.Visibility}, {record.Protected},
            {record.Owner}, {record.CreatedAt}, {record.UpdatedAt})
        """);

    public static void Update(Tx tx, NamespaceRecord record) => tx.Execute($"""
        UPDATE metadef_namespaces SET namespace = {record.Name}, display_name = {record.DisplayName}, description = {record.Description},
            visibility = {record.Visibility}, protected = {record.Protected}, owner = {record.Owner}, updated_at = {record.UpdatedAt}
        WHERE id = {record.Id}
        """);

    public static void Delete(Tx tx, NamespaceRecord record) => tx.Execute($"DELETE FROM metadef_namespaces WHERE id = {record.Id}");

    public static List<Definition> Definitions(Tx tx, string namespaceId, DefinitionKind kind) => tx.Query($"""
        SELECT namespace_id, kind, name, body, created_at, updated_at FROM metadef_definitions
        WHERE namespace_id = {namespaceId} AND kind = {kind.ToString()} ORDER BY created_at DESC, name
        """, ReadDefinition);

    /// <summary>The resource types of many namespaces in one statement.</summary>
    public static ILookup<string, Definition> ResourceTypesOf(Tx tx, IReadOnlyCollection<string> namespaceIds) => tx.Query($"""
        SELECT namespace_id, kind, name, body, created_at, updated_at FROM metadef_definitions
        WHERE namespace_id IN {namespaceIds} AND kind = {nameof(DefinitionKind.ResourceType)} ORDER BY name
        """, ReadDefinition).ToLookup(d => d.NamespaceId);

    public static Definition? Find(Tx tx, string namespaceId, DefinitionKind kind, string name) => tx.Find($"""
        SELECT namespace_id, kind, name, body, created_at, updated_at FROM metadef_definitions
        WHERE namespace_id = {namespaceId} AND kind = {kind.ToString()} AND name = {name}
        """, ReadDefinition);

    /// <summary>Names of tags differ by more than their case.</summary>
    public static bool IsTaken(Tx tx, string namespaceId, DefinitionKind kind, string name) => tx.Exists($"""
        SELECT 1 FROM metadef_definitions WHERE namespace_id = {namespaceId} AND kind = {kind.ToString()}
            AND (name = {name} OR (kind = 'Tag' AND LOWER(name) = {name.ToLowerInvariant()}))
        """);

    public static void Insert(Tx tx, Definition definition)
    {
        tx.Execute($"""
            INSERT INTO metadef_definitions (namespace_id, kind, name, body, created_at, updated_at)
            VALUES ({definition.NamespaceId}, {definition.Kind.ToString()}, {definition.Name}, {definition.Body},
                {definition.CreatedAt}, {definition.UpdatedAt})
            """);
        if (definition.Kind == DefinitionKind.ResourceType)
            tx.Execute($"INSERT INTO metadef_resource_types (name, created_at) VALUES ({definition.Name}, {definition.CreatedAt}) ON CONFLICT (name) DO NOTHING");
    }

    public static void Update(Tx tx, Definition definition, string oldName) => tx.Execute($"""
        UPDATE metadef_definitions SET name = {definition.Name}, body = {definition.Body}, updated_at = {definition.UpdatedAt}
        WHERE namespace_id = {definition.NamespaceId} AND kind = {definition.Kind.ToString()} AND name = {oldName}
        """);

    public static void Delete(Tx tx, Definition definition) => tx.Execute($"""
        DELETE FROM metadef_definitions
        WHERE namespace_id = {definition.NamespaceId} AND kind = {definition.Kind.ToString()} AND name = {definition.Name}
        """);

    public static void DeleteAll(Tx tx, string namespaceId, DefinitionKind kind) =>
        tx.Execute($"DELETE FROM metadef_definitions WHERE namespace_id = {namespaceId} AND kind = {kind.ToString()}");

    public static List<(string Name, DateTimeOffset CreatedAt)> ResourceTypes(Tx tx) =>
        tx.Query($"SELECT name, created_at FROM metadef_resource_types ORDER BY created_at, name", row => (row.Text(), row.Time()));

    public static NamespaceRecord ReadNamespace(Row row) => new()
    {
        Id = row.Text(),
        Name = row.Text(),
        DisplayName = row.TextOrNull(),
        Description = row.TextOrNull(),
        Visibility = row.Text(),
        Protected = row.Flag(),
        Owner = row.TextOrNull(),
        CreatedAt = row.Time(),
        UpdatedAt = row.Time(),
    };

    private static Definition ReadDefinition(Row row) =>
        new(row.Text(), Enum.Parse<DefinitionKind>(row.Text()), row.Text(), row.Text(), row.Time(), row.Time());
}
