using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Volume.Groups;

sealed class VolumeGroupShow(Syntax syntax) : ShowCommand(syntax)
{
    private readonly Argument<string> _group = syntax.Argument("<group>", "Volume group to display (name or ID)");
    private readonly Option<bool> _volumes = syntax.Flag("--volumes", "With the volumes in it");
    private readonly Option<bool> _noVolumes = syntax.Flag("--no-volumes", "Without the volumes in it");
    private readonly Option<bool> _targets = syntax.Flag("--replication-targets", "With its replication targets");
    private readonly Option<bool> _noTargets = syntax.Flag("--no-replication-targets", "Without its replication targets");

    public override string Description => "Show detailed information for a volume group.";

    protected override async Task<Record?> Show(Call call, CancellationToken cancellation)
    {
        var client = call.Cloud.Volume;
        client.Need("3.13", "'volume group show' command");
        var volumes = call.Either(_volumes, _noVolumes);
        var targets = call.Either(_targets, _noTargets);
        if (volumes is not null) client.Need("3.25", "'--(no-)volumes' option");
        if (targets is not null) client.Need("3.38", "'--(no-)replication-targets' option");
        var id = await call.Cloud.FindId(Resources.VolumeGroup, call[_group], cancellation);
        var record = await GroupFields.Read(call, id, cancellation, volumes == true ? "?list_volume=True" : "");
        if (targets != true) return record;
        var action = new JsonObject { ["list_replication_targets"] = new JsonObject() };
        var listed = await client.Post($"/groups/{id}/action", action, cancellation);
        return new Record([.. record.Fields, ("Replication Targets", Cell.PairsList(listed["replication_targets"].Copy()))]);
    }
}
