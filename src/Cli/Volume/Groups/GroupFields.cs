using Cumulet.Cli.Commands;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Volume.Groups;

/// <summary>What of a group of volumes is shown.</summary>
static class GroupFields
{
    private static readonly (string, Func<JsonObject, Cell>)[] Shown = Columns.Headed("ID", "Status", "Name", "Description", "Group Type",
        "Volume Types", "Availability Zone", "Created At", "Volumes", "Group Snapshot ID", "Source Group ID");

    /// <summary>As the service has it now.</summary>
    public static async Task<Record> Read(Call call, string id, CancellationToken cancellation, string query = "")
    {
        var answer = await call.Cloud.Volume.Get($"/groups/{id}{query}", cancellation);
        return Record.Of(answer["group"]!.AsObject(), Shown);
    }
}
