using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Volume.Backups;

sealed class VolumeBackupSet(Syntax syntax) : ActionCommand(syntax)
{
    private readonly Argument<string> _backup = syntax.Argument("<backup>", "Backup to modify (name or ID)");
    private readonly Option<string?> _name = syntax.Value("--name", "<name>", "New name");
    private readonly Option<string?> _description = syntax.Value("--description", "<description>", "New description");
    private readonly Option<string?> _state = syntax.Value("--state", "<state>", "New state (admin only)", "available", "error");
    private readonly Option<bool> _noProperty = syntax.Flag("--no-property", "Remove all properties first");
    private readonly Option<string[]> _properties = syntax.Values("--property", "<key=value>", "Set a property (repeatable)");

    public override string Description => "Set volume backup properties";

    protected override async Task Act(Call call, CancellationToken cancellation)
    {
        var client = call.Cloud.Volume;
        foreach (var option in new Option[] { _name, _description })
            if (call.Has(option)) client.Need("3.9", option.Name + " option");
        foreach (var option in new Option[] { _noProperty, _properties })
            if (call.Has(option)) client.Need("3.43", option.Name + " option");
        var backup = await call.Cloud.Find(Resources.Backup, call[_backup], cancellation);
        var path = "/backups/" + backup.Id();
        var steps = new Steps(call);
        if (call[_state] is { } state)
        {
            await steps.Try("set backup state", () => client.Post(path + "/action",
                new JsonObject { ["os-reset_status"] = new JsonObject { ["status"] = state } }, cancellation));
        }

        var body = new JsonObject().With("name", call[_name]).With("description", call[_description]);
        if (client.AtLeast("3.43")) body["metadata"] = Properties(call, backup);
        if (body.Count > 0) await steps.Try("update backup", () => client.Put(path, new JsonObject { ["backup"] = body }, cancellation));
        steps.End("One or more of the set operations failed");
    }

    /// <summary>The service replaces them all at once.</summary>
    private JsonObject Properties(Call call, JsonObject backup)
    {
        var properties = call[_noProperty] ? [] : backup["metadata"].Copy() as JsonObject ?? [];
        foreach (var (key, value) in call.Pairs(_properties)) properties[key] = value.Copy();
        return properties;
    }
}
