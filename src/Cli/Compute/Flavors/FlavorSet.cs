using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Identity;

namespace Cumulet.Cli.Compute.Flavors;

sealed class FlavorSet(Syntax syntax) : ActionCommand(syntax)
{
    private readonly Argument<string> _flavor = syntax.Argument("<flavor>", "Flavor to modify (name or ID)");
    private readonly Option<bool> _noProperty = syntax.Flag("--no-property", "Remove all properties first");
    private readonly Option<string[]> _properties = syntax.Values("--property", "<key=value>", "Set a property, an extra spec (repeatable)");
    private readonly ProjectOption _project = new(syntax, "Allow this project to use the flavor (name or ID)");
    private readonly Option<string?> _description = syntax.Value("--description", "<description>", "Describe the flavor (needs 2.55)");

    public override string Description => "Set flavor properties";

    protected override async Task Act(Call call, CancellationToken cancellation)
    {
        var compute = call.Cloud.Compute;
        var flavor = await call.Cloud.Find(Resources.FlavorItself, call[_flavor], cancellation);
        var path = "/flavors/" + Uri.EscapeDataString(flavor.Id());
        if (call[_description] is { } description)
        {
            compute.Need("2.55", "--description option");
            await compute.Put(path, new JsonObject { ["flavor"] = new JsonObject { ["description"] = description } }, cancellation);
        }

        if (call[_noProperty])
        {
            var specs = await compute.Get(path + "/os-extra_specs", cancellation);
            foreach (var (key, _) in specs["extra_specs"] as JsonObject ?? [])
                await compute.Delete($"{path}/os-extra_specs/{Uri.EscapeDataString(key)}", cancellation);
        }

        if (call.Has(_properties))
            await compute.Post(path + "/os-extra_specs", new JsonObject { ["extra_specs"] = call.Pairs(_properties) }, cancellation);
        if (await _project.Id(call, cancellation) is { } project)
        {
            if (Output.Cell.IsTrue(flavor["os-flavor-access:is_public"])) throw new CommandError("Cannot set access for a public flavor");
            await compute.Post(path + "/action", new JsonObject { ["addTenantAccess"] = new JsonObject { ["tenant"] = project } }, cancellation);
        }
    }
}
