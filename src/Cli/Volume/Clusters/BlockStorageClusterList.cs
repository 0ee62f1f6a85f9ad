using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Volume.Clusters;

sealed class BlockStorageClusterList(Syntax syntax) : ListCommand(syntax)
{
    private readonly Option<string?> _cluster = syntax.Value("--cluster", "<name>", "Keep this cluster; without @backend all of it");
    private readonly Option<string?> _binary = syntax.Value("--binary", "<binary>", "Keep clusters of this binary");
    private readonly Option<bool> _up = syntax.Flag("--up", "Keep those that are up");
    private readonly Option<bool> _down = syntax.Flag("--down", "Keep those that are down");
    private readonly Option<bool> _disabled = syntax.Flag("--disabled", "Keep disabled ones");
    private readonly Option<bool> _enabled = syntax.Flag("--enabled", "Keep enabled ones");
    private readonly Option<string?> _hosts = syntax.Value("--num-hosts", "<hosts>", "Keep those of this many hosts");
    private readonly Option<string?> _downHosts = syntax.Value("--num-down-hosts", "<hosts>", "Keep those with this many hosts down");
    private readonly Option<bool> _long = syntax.Flag("--long", "List more fields");

    public override string Description => "List block storage clusters.";

    protected override async Task<Table> List(Call call, CancellationToken cancellation)
    {
        call.Cloud.Volume.Need("3.7", "'block storage cluster list' command");
        var query = new Query().With("name", call[_cluster]).With("binary", call[_binary]).With("is_up", call.Either(_up, _down))
            .With("disabled", call.Either(_disabled, _enabled)).With("num_hosts", call.Number(_hosts))
            .With("num_down_hosts", call.Number(_downHosts));
        var clusters = await call.Cloud.Volume.List((call[_long] ? "/clusters/detail" : "/clusters") + query, "clusters", cancellation);
        var columns = Columns.Headed("Name", "Binary", "State", "Status");
        return Table.Of(clusters, !call[_long] ? columns : [.. columns, .. Columns.Headed("Num Hosts", "Num Down Hosts", "Last Heartbeat",
            "Disabled Reason", "Created At", "Updated At")]);
    }
}
