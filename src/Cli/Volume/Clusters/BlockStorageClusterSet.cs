using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Volume.Clusters;

sealed class BlockStorageClusterSet(Syntax syntax) : ActionCommand(syntax)
{
    private readonly Argument<string> _cluster = syntax.Argument("<cluster>", "Cluster to modify (name)");
    private readonly Option<string?> _binary = syntax.Value("--binary", "<binary>", "Binary of the cluster (default cinder-volume)");
    private readonly Option<bool> _enable = syntax.FlagIn("state", "--enable", "Enable it");
    private readonly Option<bool> _disable = syntax.FlagIn("state", "--disable", "Disable it");
    private readonly Option<string?> _reason = syntax.Value("--disable-reason", "<reason>", "With --disable: why");

    public override string Description => "Set block storage cluster properties.";

    protected override async Task Act(Call call, CancellationToken cancellation)
    {
        call.Cloud.Volume.Need("3.7", "'block storage cluster set' command");
        var enable = call.Either(_enable, _disable);
        if (call.Has(_reason) && enable != false) throw new CommandError("Cannot specify --disable-reason without --disable");
        if (enable is null) return;
        var body = new JsonObject { ["name"] = call[_cluster], ["binary"] = call[_binary] ?? "cinder-volume" }
            .With("disabled_reason", call[_reason]);
        await call.Cloud.Volume.Put(enable.Value ? "/clusters/enable" : "/clusters/disable", body, cancellation);
    }
}
