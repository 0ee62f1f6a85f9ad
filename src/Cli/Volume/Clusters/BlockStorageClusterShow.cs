using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Volume.Clusters;

sealed class BlockStorageClusterShow(Syntax syntax) : ShowCommand(syntax)
{
    private static readonly (string, Func<JsonObject, Cell>)[] Shown =
    [
        .. Columns.Headed("Name", "Binary", "State", "Status", "Disabled Reason"), Columns.Of("Hosts", "num_hosts"),
        Columns.Of("Down Hosts", "num_down_hosts"),
        .. Columns.Headed("Last Heartbeat", "Created At", "Updated At", "Replication Status", "Frozen", "Active Backend ID"),
    ];

    private readonly Argument<string> _cluster = syntax.Argument("<cluster>", "Cluster to display (name)");
    private readonly Option<string?> _binary = syntax.Value("--binary", "<binary>", "Binary of the cluster");

    public override string Description => "Show detailed information for a block storage cluster.";

    protected override async Task<Record?> Show(Call call, CancellationToken cancellation)
    {
        call.Cloud.Volume.Need("3.7", "'block storage cluster show' command");
        var path = $"/clusters/{Uri.EscapeDataString(call[_cluster])}{new Query().With("binary", call[_binary])}";
        return Record.Of((await call.Cloud.Volume.Get(path, cancellation))["cluster"]!.AsObject(), Shown);
    }
}
