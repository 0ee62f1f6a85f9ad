using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Identity;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Compute.Flavors;

sealed class FlavorCreate(Syntax syntax) : ShowCommand(syntax)
{
    private readonly Argument<string> _name = syntax.Argument("<flavor-name>", "New flavor name");
    private readonly Option<string?> _id = syntax.Value("--id", "<id>", "Flavor ID; 'auto' (default) makes one");
    private readonly Option<string?> _ram = syntax.Value("--ram", "<size-mb>", "Memory in MiB (default 256)");
    private readonly Option<string?> _disk = syntax.Value("--disk", "<size-gb>", "Root disk in GiB (default 0)");
    private readonly Option<string?> _ephemeral = syntax.Value("--ephemeral", "<size-gb>", "Ephemeral disk in GiB (default 0)");
    private readonly Option<string?> _swap = syntax.Value("--swap", "<size-mb>", "Swap disk in MiB (default 0)");
    private readonly Option<string?> _vcpus = syntax.Value("--vcpus", "<vcpus>", "Virtual processors (default 1)");
    private readonly Option<string?> _factor = syntax.Value("--rxtx-factor", "<factor>", "Factor for network bandwidth (default 1.0)");
    private readonly Option<bool> _public = syntax.FlagIn("which", "--public", "All projects may use it (default)");
    private readonly Option<bool> _private = syntax.FlagIn("which", "--private", "Only chosen projects may use it");
    private readonly Option<string[]> _properties = syntax.Values("--property", "<key=value>", "Set a property, an extra spec (repeatable)");
    private readonly ProjectOption _project = new(syntax, "Allow this project to use a private flavor (name or ID)");
    private readonly Option<string?> _description = syntax.Value("--description", "<description>", "Describe the flavor (needs 2.55)");

    public override string Description => "Create new flavor";

    protected override async Task<Record?> Show(Call call, CancellationToken cancellation)
    {
        if (_project.IsGiven(call) && !call[_private])
            throw new CommandError("--project is only allowed with --private");
        var compute = call.Cloud.Compute;
        if (call.Has(_description)) compute.Need("2.55", "--description option");
        _ = call[_public];
        if (!decimal.TryParse(call[_factor] ?? "1.0", System.Globalization.CultureInfo.InvariantCulture, out var factor))
            throw call.Wrong($"argument --rxtx-factor: invalid float value: '{call[_factor]}'");
        var body = new JsonObject
        {
            ["id"] = call[_id] == "auto" ? null : call[_id], ["name"] = call[_name], ["ram"] = call.Number(_ram) ?? 256, ["vcpus"] = call.Number(_vcpus) ?? 1,
            ["disk"] = call.Number(_disk) ?? 0, ["OS-FLV-EXT-DATA:ephemeral"] = call.Number(_ephemeral) ?? 0,
            ["swap"] = call.Number(_swap) ?? 0, ["rxtx_factor"] = factor, ["os-flavor-access:is_public"] = !call[_private],
        };
        body.With("description", call[_description]);
        var flavor = (await compute.Post("/flavors", new JsonObject { ["flavor"] = body }, cancellation))["flavor"]!.AsObject();
        var path = "/flavors/" + Uri.EscapeDataString(flavor.Id());
        if (await _project.Id(call, cancellation) is { } project)
            await compute.Post(path + "/action", new JsonObject { ["addTenantAccess"] = new JsonObject { ["tenant"] = project } }, cancellation);
        if (call.Has(_properties))
        {
            var specs = call.Pairs(_properties);
            flavor["extra_specs"] = specs.DeepClone();
            await compute.Post(path + "/os-extra_specs", new JsonObject { ["extra_specs"] = specs }, cancellation);
        }

        return FlavorFields.Created(flavor);
    }
}
