using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Volume.GroupSnapshots;

sealed class VolumeGroupSnapshotCreate(Syntax syntax) : ShowCommand(syntax)
{
    private readonly Argument<string> _group = syntax.Argument("<volume_group>", "Volume group to snapshot (name or ID)");
    private readonly Option<string?> _name = syntax.Value("--name", "<name>", "Name of the snapshot");
    private readonly Option<string?> _description = syntax.Value("--description", "<description>", "Description");

    public override string Description => "Create a volume group snapshot.";

    protected override async Task<Record?> Show(Call call, CancellationToken cancellation)
    {
        var client = call.Cloud.Volume;
        client.Need("3.14", "'volume group snapshot create' command");
        var body = new JsonObject
        {
            ["group_id"] = await call.Cloud.FindId(Resources.VolumeGroup, call[_group], cancellation), ["name"] = call[_name],
            ["description"] = call[_description],
        };
        var answer = await client.Post("/group_snapshots", new JsonObject { ["group_snapshot"] = body }, cancellation);
        return GroupSnapshotFields.Show(answer["group_snapshot"]!.AsObject());
    }
}
