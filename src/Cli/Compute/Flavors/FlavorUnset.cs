using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Identity;

namespace Cumulet.Cli.Compute.Flavors;

sealed class FlavorUnset(Syntax syntax) : ActionCommand(syntax)
{
    private readonly Argument<string> _flavor = syntax.Argument("<flavor>", "Flavor to modify (name or ID)");
    private readonly Option<string[]> _properties = syntax.Values("--property", "<key>", "Remove this property (repeatable)");
    private readonly ProjectOption _project = new(syntax, "Take the flavor from this project (name or ID)");

    public override string Description => "Unset flavor properties";

    protected override async Task Act(Call call, CancellationToken cancellation)
    {
        var compute = call.Cloud.Compute;
        var flavor = await call.Cloud.Find(Resources.FlavorItself, call[_flavor], cancellation);
        var path = "/flavors/" + Uri.EscapeDataString(flavor.Id());
        foreach (var key in call[_properties])
            await compute.Delete($"{path}/os-extra_specs/{Uri.EscapeDataString(key)}", cancellation);
        if (await _project.Id(call, cancellation) is { } project)
        {
            if (Output.Cell.IsTrue(flavor["os-flavor-access:is_public"])) throw new CommandError("Cannot remove access for a public flavor");
            await compute.Post(path + "/action", new JsonObject { ["removeTenantAccess"] = new JsonObject { ["tenant"] = project } }, cancellation);
        }
    }
}
