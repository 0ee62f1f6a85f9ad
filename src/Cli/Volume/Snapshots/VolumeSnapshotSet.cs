using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Volume.Snapshots;

sealed class VolumeSnapshotSet(Syntax syntax) : ActionCommand(syntax)
{
    private readonly Argument<string> _snapshot = syntax.Argument("<snapshot>", "Snapshot to modify (name or ID)");
    private readonly Option<string?> _name = syntax.Value("--name", "<name>", "New name");
    private readonly Option<string?> _description = syntax.Value("--description", "<description>", "New description");
    private readonly Option<bool> _noProperty = syntax.Flag("--no-property", "Remove all properties first");
    private readonly Option<string[]> _properties = syntax.Values("--property", "<key=value>", "Set a property (repeatable)");
    private readonly Option<string?> _state = syntax.Value("--state", "<state>", "New state (admin only)",
        "available", "error", "creating", "deleting", "error_deleting");

    public override string Description => "Set volume snapshot properties";

    protected override async Task Act(Call call, CancellationToken cancellation)
    {
        var snapshot = await call.Cloud.Find(Resources.Snapshot, call[_snapshot], cancellation);
        var path = "/snapshots/" + snapshot.Id();
        var client = call.Cloud.Volume;
        var steps = new Steps(call);
        if (call[_noProperty])
        {
            foreach (var (key, _) in snapshot["metadata"] as JsonObject ?? [])
                await steps.Try("clean snapshot properties", () => client.Delete($"{path}/metadata/{Uri.EscapeDataString(key)}", cancellation));
        }

        if (call.Has(_properties))
            await steps.Try("set snapshot property", () => client.Post(path + "/metadata", new JsonObject { ["metadata"] = call.Pairs(_properties) }, cancellation));
        if (call[_state] is { } state)
        {
            await steps.Try("set snapshot state", () => client.Post(path + "/action",
                new JsonObject { ["os-reset_status"] = new JsonObject { ["status"] = state } }, cancellation));
        }

        var body = new JsonObject().With("name", call[_name]).With("description", call[_description]);
        if (body.Count > 0)
            await steps.Try("update snapshot name or description", () => client.Put(path, new JsonObject { ["snapshot"] = body }, cancellation));
        steps.End("One or more of the set operations failed");
    }
}
