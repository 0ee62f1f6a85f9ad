using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Identity;

namespace Cumulet.Cli.Volume.Types;

sealed class VolumeTypeUnset(Syntax syntax) : ActionCommand(syntax)
{
    private readonly Argument<string> _type = syntax.Argument("<volume-type>", "Volume type to modify (name or ID)");
    private readonly Option<string[]> _properties = syntax.Values("--property", "<key>", "Remove this property (repeatable)");
    private readonly ProjectOption _project = new(syntax, "Take it from this project (admin only) (name or ID)");
    private readonly Option<bool> _encryption = syntax.Flag("--encryption-type", "Remove its encryption (admin only)");

    public override string Description => "Unset volume type properties";

    protected override async Task Act(Call call, CancellationToken cancellation)
    {
        var client = call.Cloud.Volume;
        var path = "/types/" + await call.Cloud.FindId(Resources.VolumeType, call[_type], cancellation);
        var steps = new Steps(call);
        foreach (var key in call[_properties])
        {
            var spec = $"{path}/extra_specs/{Uri.EscapeDataString(key)}";
            await steps.Try("unset volume type property", () => client.Delete(spec, cancellation));
        }

        if (_project.IsGiven(call))
        {
            await steps.Try("remove volume type access from project", async () => await client.Post(path + "/action", new JsonObject
            {
                ["removeProjectAccess"] = new JsonObject { ["project"] = await _project.Id(call, cancellation) },
            }, cancellation));
        }

        if (call[_encryption])
        {
            await steps.Try("remove the encryption type for this volume type",
                () => client.Delete(path + "/encryption/provider", cancellation));
        }

        steps.End("Command Failed: One or more of the operations failed");
    }
}
