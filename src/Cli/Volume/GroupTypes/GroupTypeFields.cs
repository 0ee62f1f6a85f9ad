using Cumulet.Cli.Output;

namespace Cumulet.Cli.Volume.GroupTypes;

/// <summary>What of a group type is shown.</summary>
static class GroupTypeFields
{
    private static readonly (string, Func<JsonObject, Cell>)[] Shown =
        [.. Columns.Headed("ID", "Name", "Description", "Is Public"), Columns.Of("Properties", "group_specs", Cell.Pairs)];

    public static Record Show(JsonObject type) => Record.Of(type, Shown);
}
