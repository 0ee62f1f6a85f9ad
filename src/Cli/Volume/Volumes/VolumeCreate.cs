using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Volume.Volumes;

sealed class VolumeCreate(Syntax syntax) : ShowCommand(syntax)
{
    private readonly Argument<string?> _name = syntax.OptionalArgument("<name>", "Volume name");
    private readonly Option<string?> _size = syntax.Value("--size", "<size>", "Size in GiB (needed unless there is --snapshot or --source)");
    private readonly Option<string?> _type = syntax.Value("--type", "<volume-type>", "Volume type");
    private readonly Option<string?> _image = syntax.ValueIn("source", "--image", "<image>", "Make it from this image (name or ID)");
    private readonly Option<string?> _snapshot = syntax.ValueIn("source", "--snapshot", "<snapshot>", "Make it from this snapshot (name or ID)");
    private readonly Option<string?> _source = syntax.ValueIn("source", "--source", "<volume>", "Clone this volume (name or ID)");
    private readonly Option<string?> _description = syntax.Value("--description", "<description>", "Description");
    private readonly Option<string?> _zone = syntax.Value("--availability-zone", "<availability-zone>", "Availability zone");
    private readonly Option<string?> _group = syntax.Value("--consistency-group", "<consistency-group>", "Consistency group (ID)");
    private readonly Option<string[]> _properties = syntax.Values("--property", "<key=value>", "Set a property (repeatable)");
    private readonly Option<string[]> _hints = syntax.Values("--hint", "<key=value>", "Hint for the scheduler (repeatable)");
    private readonly Option<bool> _bootable = syntax.FlagIn("bootable", "--bootable", "Mark it bootable");
    private readonly Option<bool> _notBootable = syntax.FlagIn("bootable", "--non-bootable", "Mark it not bootable (default)");
    private readonly Option<bool> _readOnly = syntax.FlagIn("mode", "--read-only", "Make it read-only");
    private readonly Option<bool> _readWrite = syntax.FlagIn("mode", "--read-write", "Make it read-write (default)");
    private readonly Option<bool> _wait = syntax.Flag("--wait", "Wait until it is available");

    public override string Description => "Create new volume";

    protected override async Task<Record?> Show(Call call, CancellationToken cancellation)
    {
        var cloud = call.Cloud;
        var size = call.Number(_size);
        if (size is null && !call.Has(_snapshot) && !call.Has(_source))
            throw new CommandError("--size is a required option if snapshot or source volume is not specified.");
        var snapshot = call[_snapshot] is { } name ? await cloud.Find(Resources.Snapshot, name, cancellation) : null;
        // The service wants a size even where the snapshot has one.
        if (snapshot.Number("size") is { } least) size = Math.Max(size ?? 0, least);
        var body = new JsonObject
        {
            ["size"] = size, ["name"] = call.Optional(_name), ["description"] = call[_description], ["volume_type"] = call[_type],
            ["availability_zone"] = call[_zone], ["metadata"] = call.Pairs(_properties), ["snapshot_id"] = snapshot?.Id(),
            ["imageRef"] = await cloud.FindIdOrNull(Resources.Image, call[_image], cancellation),
            ["source_volid"] = await cloud.FindIdOrNull(Resources.Volume, call[_source], cancellation), ["consistencygroup_id"] = call[_group],
            ["backup_id"] = null,
        };
        var request = new JsonObject { ["volume"] = body };
        if (call.Has(_hints)) request["OS-SCH-HNT:scheduler_hints"] = call.Pairs(_hints);
        var volume = (await cloud.Volume.Post("/volumes", request, cancellation))["volume"]!.AsObject();
        await Mark(call, volume.Id(), cancellation);
        if (call[_wait]) volume = await UntilAvailable(call, volume.Id(), cancellation);
        return VolumeFields.Show(volume);
    }

    private static Task<JsonObject> UntilAvailable(Call call, string id, CancellationToken cancellation) => Waiting.Until(call,
        async () => (await call.Cloud.Volume.Get("/volumes/" + id, cancellation))["volume"]!.AsObject(), ["available"], "creating volume", cancellation);

    private async Task Mark(Call call, string id, CancellationToken cancellation)
    {
        var path = $"/volumes/{id}/action";
        try
        {
            if (call.Either(_bootable, _notBootable) is { } bootable)
                await call.Cloud.Volume.Post(path, new JsonObject { ["os-set_bootable"] = new JsonObject { ["bootable"] = bootable } }, cancellation);
            if (call.Either(_readOnly, _readWrite) is { } readOnly)
                await call.Cloud.Volume.Post(path, new JsonObject { ["os-update_readonly_flag"] = new JsonObject { ["readonly"] = readOnly } }, cancellation);
        }
        catch (ApiError error)
        {
            call.Terminal.Error.WriteLine($"The volume is made, but could not be marked: {error.Message}");
        }
    }
}
