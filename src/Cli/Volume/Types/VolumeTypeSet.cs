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

    public override string Description => "Set volume type properties";

    protected override async Task Act(Call call, CancellationToken cancellation)
    {
        var client = call.Cloud.Volume;
        var path = "/types/" + await call.Cloud.FindId(Resources.VolumeType, call[_type], cancellation);
        var steps = new Steps(call);
        var body = new JsonObject().With("name", call[_name]).With("description", call[_description]);
        if (body.Count > 0)
            await steps.Try("update volume type name or description", () => client.Put(path, new JsonObject { ["volume_type"] = body }, cancellation));
        if (call.Has(_properties))
            await steps.Try("set volume type property", () => client.Post(path + "/extra_specs", new JsonObject { ["extra_specs"] = call.Pairs(_properties) }, cancellation));
        if (await _project.Id(call, cancellation) is { } project)
        {
            await steps.Try("set volume type access to project", () => client.Post(path + "/action",
                new JsonObject { ["addProjectAccess"] = new JsonObject { ["project"] = project } }, cancellation));
        }

        steps.End("Command Failed: One or more of the operations failed");
    }
}
