using Cumulet.Cli.Output;

namespace Cumulet.Cli.Volume.GroupSnapshots;

/// <summary>What of a group's snapshot is shown.</summary>
static class GroupSnapshotFields
{
    private static readonly (string, Func<JsonObject, Cell>)[] Shown =
    [
        .. Columns.Headed("ID", "Status", "Name", "Description"), Columns.Of("Group", "group_id"),
        Columns.Of("Group Type", "group_type_id"),
    ];

    public static Record Show(JsonObject snapshot) => Record.Of(snapshot, Shown);
}
