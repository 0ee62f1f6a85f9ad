using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Volume.Snapshots;

/// <summary>What of a snapshot is shown: all, with metadata under the name of its option.</summary>
static class SnapshotFields
{
    public static Record Show(JsonObject snapshot) => Record.Sorted(snapshot.Select(pair => pair.Key == "metadata"
        ? ("properties", Cell.Pairs(pair.Value.Copy())) : (pair.Key, Cell.Plain(pair.Value.Copy()))));
}
