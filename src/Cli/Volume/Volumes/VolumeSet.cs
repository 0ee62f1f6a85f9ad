using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Volume.Volumes;

sealed class VolumeSet(Syntax syntax) : ActionCommand(syntax)
{
    private readonly Argument<string> _volume = syntax.Argument("<volume>", "Volume to modify (name or ID)");
    private readonly Option<string?> _name = syntax.Value("--name", "<name>", "New name");
    private readonly Option<string?> _size = syntax.Value("--size", "<size>", "New size in GiB; it can only grow");
    private readonly Option<string?> _description = syntax.Value("--description", "<description>", "New description");
    private readonly Option<bool> _noProperty = syntax.Flag("--no-property", "Remove all properties first");
    private readonly Option<string[]> _properties = syntax.Values("--property", "<key=value>", "Set a property (repeatable)");
    private readonly Option<string[]> _imageProperties = syntax.Values("--image-property", "<key=value>", "Set a property of its image (repeatable)");
    private readonly Option<string?> _state = syntax.Value("--state", "<state>", "New state (admin only)",
        "available", "error", "creating", "deleting", "in-use", "attaching", "detaching", "error_deleting", "maintenance");
    private readonly Option<bool> _attached = syntax.FlagIn("attached", "--attached", "Say it is attached (admin only)");
    private readonly Option<bool> _detached = syntax.FlagIn("attached", "--detached", "Say it is not attached (admin only)");
    private readonly Option<string?> _type = syntax.Value("--type", "<volume-type>", "New volume type (name or ID)");
    private readonly Option<string?> _policy = syntax.Value("--retype-policy", "<retype-policy>", "With --type: may it be moved", "never", "on-demand");
    private readonly Option<bool> _bootable = syntax.FlagIn("bootable", "--bootable", "Mark it bootable");
    private readonly Option<bool> _notBootable = syntax.FlagIn("bootable", "--non-bootable", "Mark it not bootable");
    private readonly Option<bool> _readOnly = syntax.FlagIn("mode", "--read-only", "Make it read-only");
    private readonly Option<bool> _readWrite = syntax.FlagIn("mode", "--read-write", "Make it read-write");

    public override string Description => "Set volume properties";

    protected override async Task Act(Call call, CancellationToken cancellation)
    {
        var volume = await call.Cloud.Find(Resources.Volume, call[_volume], cancellation);
        var path = "/volumes/" + volume.Id();
        var client = call.Cloud.Volume;
        Task Action(string name, JsonObject value) => client.Post(path + "/action", new JsonObject { [name] = value }, cancellation);
        var steps = new Steps(call);
        if (call.Number(_size) is { } size) await steps.Try("set volume size", () => Extend(call, volume, size, Action));
        if (call[_noProperty]) await steps.Try("clean volume properties", () => RemoveAll(client, path, volume, cancellation));
        if (call.Has(_properties))
            await steps.Try("set volume property", () => client.Post(path + "/metadata", new JsonObject { ["metadata"] = call.Pairs(_properties) }, cancellation));
        if (call.Has(_imageProperties))
            await steps.Try("set image property", () => Action("os-set_image_metadata", new JsonObject { ["metadata"] = call.Pairs(_imageProperties) }));
        if (call[_state] is { } state) await steps.Try("set volume state", () => Action("os-reset_status", new JsonObject { ["status"] = state }));
        if (call.Either(_attached, _detached) is { } attached)
            await steps.Try("set volume attach-status", () => Action("os-reset_status", new JsonObject { ["attach_status"] = attached ? "attached" : "detached" }));
        if (call.Either(_bootable, _notBootable) is { } bootable)
            await steps.Try("set volume bootable property", () => Action("os-set_bootable", new JsonObject { ["bootable"] = bootable }));
        if (call.Either(_readOnly, _readWrite) is { } readOnly)
            await steps.Try("set volume read-only access mode flag", () => Action("os-update_readonly_flag", new JsonObject { ["readonly"] = readOnly }));
        if (call[_type] is { } type) await steps.Try("set volume type", () => Retype(call, type, Action, cancellation));
        else if (call.Has(_policy)) call.Terminal.Error.WriteLine("'--retype-policy' option will not work without '--type' option");
        var body = new JsonObject().With("name", call[_name]).With("description", call[_description]);
        if (body.Count > 0)
            await steps.Try("update volume name or description", () => client.Put(path, new JsonObject { ["volume"] = body }, cancellation));
        steps.End("One or more of the set operations failed");
    }

    private static async Task Extend(Call call, JsonObject volume, int size, Func<string, JsonObject, Task> action)
    {
        var old = volume.Number("size") ?? 0;
        if (size <= old) throw new CommandError($"New size must be greater than {old} GB");
        if (volume.Text("status") != "available")
        {
            if (call.Cloud.Volume.Asked is not null && !call.Cloud.Volume.AtLeast("3.42"))
                throw new CommandError($"Volume is in {volume.Text("status")} state, it must be available before size can be extended");
            call.Cloud.Volume.Prefer("3.42");
        }

        await action("os-extend", new JsonObject { ["new_size"] = size });
    }

    private async Task Retype(Call call, string type, Func<string, JsonObject, Task> action, CancellationToken cancellation) =>
        await action("os-retype", new JsonObject
        {
            ["new_type"] = await call.Cloud.FindId(Resources.VolumeType, type, cancellation), ["migration_policy"] = call[_policy] ?? "never",
        });

    private static async Task RemoveAll(ServiceClient client, string path, JsonObject volume, CancellationToken cancellation)
    {
        foreach (var (key, _) in volume["metadata"] as JsonObject ?? [])
            await client.Delete($"{path}/metadata/{Uri.EscapeDataString(key)}", cancellation);
    }
}
