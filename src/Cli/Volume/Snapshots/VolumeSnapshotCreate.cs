using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Volume.Snapshots;

sealed class VolumeSnapshotCreate(Syntax syntax) : ShowCommand(syntax)
{
    private readonly Argument<string> _name = syntax.Argument("<snapshot-name>", "Name of the new snapshot");
    private readonly Option<string?> _volume = syntax.Value("--volume", "<volume>", "Volume to snapshot (name or ID) (default: the one of that name)");
    private readonly Option<string?> _description = syntax.Value("--description", "<description>", "Description");
    private readonly Option<bool> _force = syntax.Flag("--force", "Even when the volume is in use");
    private readonly Option<string[]> _properties = syntax.Values("--property", "<key=value>", "Set a property (repeatable)");
    private readonly Option<string[]> _source = syntax.Values("--remote-source", "<key=value>",
        "Take over a snapshot that the backend has: source-name=x (admin only) (repeatable)");

    public override string Description => "Create new volume snapshot";

    protected override async Task<Record?> Show(Call call, CancellationToken cancellation)
    {
        var isRemote = call.Has(_source);
        if (isRemote && call[_force])
        {
            call.Terminal.Error.WriteLine("'--force' option will not work when you create new volume snapshot "
                + "from an existing remote volume snapshot");
        }

        var body = new JsonObject
        {
            ["volume_id"] = await call.Cloud.FindId(Resources.Volume, call[_volume] ?? call[_name], cancellation),
            ["name"] = call[_name], ["description"] = call[_description], ["metadata"] = call.Pairs(_properties),
            [isRemote ? "ref" : "force"] = isRemote ? call.Pairs(_source) : (JsonNode)call[_force],
        };
        var path = isRemote ? "/os-snapshot-manage" : "/snapshots";
        var answer = await call.Cloud.Volume.Post(path, new JsonObject { ["snapshot"] = body }, cancellation);
        return SnapshotFields.Show(answer["snapshot"]!.AsObject());
    }
}
