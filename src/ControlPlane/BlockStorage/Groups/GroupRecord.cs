using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.BlockStorage.Groups;

/// <summary>One group of volumes as its row has it.</summary>
internal sealed record GroupRecord
{
    public required string Id { get; init; }
    public required string ProjectId { get; init; }
    public required string UserId { get; init; }
    public string? Name { get; init; }
    public string? Description { get; init; }
    public required string GroupTypeId { get; init; }
    public required string AvailabilityZone { get; init; }
    public required string Status { get; init; }
    public string? GroupSnapshotId { get; init; }
    public string? SourceGroupId { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
}

/// <summary>The groups' SQL.</summary>
internal static class GroupStore
{
    public const string Columns = """
        g.id, g.project_id, g.user_id, g.name, g.description, g.group_type_id, g.availability_zone, g.status, g.group_snapshot_id,
        g.source_group_id, g.created_at
        """;

    public static GroupRecord Read(Row row) => new()
    {
        Id = row.Text(),
        ProjectId = row.Text(),
        UserId = row.Text(),
        Name = row.TextOrNull(),
        Description = row.TextOrNull(),
        GroupTypeId = row.Text(),
        AvailabilityZone = row.Text(),
        Status = row.Text(),
        GroupSnapshotId = row.TextOrNull(),
        SourceGroupId = row.TextOrNull(),
        CreatedAt = row.Time(),
    };

    public static GroupRecord? Find(Tx tx, string id) =>
        tx.Find($"SELECT {Sql.Raw(Columns)} FROM volume_groups g WHERE g.id = {id}", Read);

    public static void Insert(Tx tx, GroupRecord group, IEnumerable<string> volumeTypes)
    {
        tx.Execute($"""
            INSERT INTO volume_groups (id, project_id, user_id, name, description, group_type_id, availability_zone, status,
                group_snapshot_id, source_group_id, created_at)
            VALUES ({group.Id}, {group.ProjectId}, {group.UserId}, {group.Name}, {group.Description}, {group.GroupTypeId},
                {group.AvailabilityZone}, {group.Status}, {group.GroupSnapshotId}, {group.SourceGroupId}, {group.CreatedAt})
            """);
        foreach (var type in volumeTypes)
            tx.Execute($"INSERT INTO volume_group_volume_types (group_id, volume_type_id) VALUES ({group.Id}, {type}) ON CONFLICT DO NOTHING");
    }

    public static List<string> VolumeTypes(Tx tx, string id) =>
        tx.Query($"SELECT volume_type_id FROM volume_group_volume_types WHERE group_id = {id} ORDER BY volume_type_id", row => row.Text());

    public static List<string> Volumes(Tx tx, string id) =>
        tx.Query($"SELECT id FROM volumes WHERE group_id = {id} ORDER BY created_at, id", row => row.Text());

    /// <summary>A new volume of this type may stand in the group, or 404 or 400.</summary>
    public static void RequireMember(Tx tx, Caller caller, string groupId, string typeId)
    {
        if (Find(tx, groupId) is not { } group || !ProjectRows.MaySee(caller, group.ProjectId)) throw BlockStorageFault.NoGroup(groupId);
        if (group.Status != "available")
            throw Fault.BadRequest("Invalid Group: Originating group status must be one of 'available' values");
        if (!VolumeTypes(tx, groupId).Contains(typeId))
            throw BlockStorageFault.InvalidInput($"Invalid volume_type provided: {typeId} (requested type must be supported by this group {groupId}).");
    }
}
