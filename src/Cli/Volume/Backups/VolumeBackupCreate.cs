using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Identity;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Volume.Backups;

sealed class VolumeBackupCreate(Syntax syntax) : ShowCommand(syntax)
{
    private readonly Argument<string> _volume = syntax.Argument("<volume>", "Volume to back up (name or ID)");
    private readonly Option<string?> _name = syntax.Value("--name", "<name>", "Name of the backup");
    private readonly Option<string?> _description = syntax.Value("--description", "<description>", "Description");
    private readonly Option<string?> _container = syntax.Value("--container", "<container>", "Container that the backup goes to");
    private readonly Option<string?> _snapshot = syntax.Value("--snapshot", "<snapshot>", "Snapshot to back up (name or ID)");
    private readonly Option<bool> _force = syntax.Flag("--force", "Even when the volume is in use");
    private readonly Option<bool> _incremental = syntax.Flag("--incremental", "Save only what changed since the last backup");
    private readonly Option<bool> _full = syntax.Flag("--no-incremental", "Save all (default)");
    private readonly Option<string[]> _properties = syntax.Values("--property", "<key=value>", "Set a property (repeatable)");
    private readonly Option<string?> _zone =
        syntax.Value("--availability-zone", "<zone-name>", "Availability zone (default: the volume's)");

    public override string Description => "Create new volume backup";

    protected override async Task<Record?> Show(Call call, CancellationToken cancellation)
    {
        var client = call.Cloud.Volume;
        if (call.Has(_properties)) client.Need("3.43", "--property option");
        if (call.Has(_zone)) client.Need("3.51", "--availability-zone option");
        var body = new JsonObject
        {
            ["volume_id"] = await call.Cloud.FindId(Resources.Volume, call[_volume], cancellation), ["container"] = call[_container],
            ["name"] = call[_name], ["description"] = call[_description], ["incremental"] = call[_incremental] && !call[_full],
            ["force"] = call[_force], ["snapshot_id"] = await call.Cloud.FindIdOrNull(Resources.Snapshot, call[_snapshot], cancellation),
        };
        if (call.Has(_properties)) body["metadata"] = call.Pairs(_properties);
        body.With("availability_zone", call[_zone]);
        var answer = await client.Post("/backups", new JsonObject { ["backup"] = body }, cancellation);
        return Entity.Show(answer["backup"]!.AsObject());
    }
}
