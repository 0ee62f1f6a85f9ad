using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Identity;

namespace Cumulet.Cli.Volume.Types;

sealed class VolumeTypeSet(Syntax syntax) : ActionCommand(syntax)
{
    private readonly Argument<string> _type = syntax.Argument("<volume-type>", "Volume type to modify (name or ID)");
    private readonly Option<string?> _name = syntax.Value("--name", "<name>", "New name");
    private readonly Option<string?> _description = syntax.Value("--description", "<description>", "New description");
    private readonly Option<string[]> _properties = syntax.Values("--property", "<key=value>", "Set a property, an extra spec (repeatable)");
    private readonly ProjectOption _project = new(syntax, "Allow this project (admin only) (name or ID)");
    private readonly EncryptionOptions _encryption = new(syntax);

    public override string Description => "Set volume type properties";

    protected override async Task Act(Call call, CancellationToken cancellation)
    {
        var client = call.Cloud.Volume;
        var id = await call.Cloud.FindId(Resources.VolumeType, call[_type], cancellation);
        var path = "/types/" + id;
        var steps = new Steps(call);
        var body = new JsonObject().With("name", call[_name]).With("description", call[_description]);
        if (body.Count > 0)
            await steps.Try("update volume type name or description", () => client.Put(path, new JsonObject { ["volume_type"] = body }, cancellation));
        if (call.Has(_properties))
            await steps.Try("set volume type property", () => client.Post(path + "/extra_specs", new JsonObject { ["extra_specs"] = call.Pairs(_properties) }, cancellation));
        if (_project.IsGiven(call))
        {
            await steps.Try("set volume type access to project", async () => await client.Post(path + "/action", new JsonObject
            {
                ["addProjectAccess"] = new JsonObject { ["project"] = await _project.Id(call, cancellation) },
            }, cancellation));
        }

        if (_encryption.AreGiven(call))
            await steps.Try("set encryption information for this volume type", () => _encryption.Set(call, id, cancellation));
        steps.End("Command Failed: One or more of the operations failed");
    }
}
