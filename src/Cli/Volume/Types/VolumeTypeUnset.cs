using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Identity;

namespace Cumulet.Cli.Volume.Types;

sealed class VolumeTypeUnset(Syntax syntax) : ActionCommand(syntax)
{
    private readonly Argument<string> _type = syntax.Argument("<volume-type>", "Volume type to modify (name or ID)");
    private readonly Option<string[]> _properties = syntax.Values("--property", "<key>", "Remove this property (repeatable)");
    private readonly ProjectOption _project = new(syntax, "Take it from this project (admin only) (name or ID)");

    public override string Description => "Unset volume type properties";

    protected override async Task Act(Call call, CancellationToken cancellation)
    {
        var client = call.Cloud.Volume;
        var path = "/types/" + await call.Cloud.FindId(Resources.VolumeType, call[_type], cancellation);
        foreach (var key in call[_properties]) await client.Delete($"{path}/extra_specs/{Uri.EscapeDataString(key)}", cancellation);
        if (await _project.Id(call, cancellation) is { } project)
            await client.Post(path + "/action", new JsonObject { ["removeProjectAccess"] = new JsonObject { ["project"] = project } }, cancellation);
    }
}
