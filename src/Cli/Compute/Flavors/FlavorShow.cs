using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Compute.Flavors;

sealed class FlavorShow(Syntax syntax) : ShowCommand(syntax)
{
    private readonly Argument<string> _flavor = syntax.Argument("<flavor>", "Flavor to display (name or ID)");

    public override string Description => "Display flavor details";

    protected override async Task<Record?> Show(Call call, CancellationToken cancellation)
    {
        var compute = call.Cloud.Compute;
        var flavor = await call.Cloud.Find(Resources.FlavorItself, call[_flavor], cancellation);
        var path = "/flavors/" + Uri.EscapeDataString(flavor.Id());
        flavor["extra_specs"] ??= (await compute.GetOrNull(path + "/os-extra_specs", cancellation)).Field("extra_specs").Copy();
        JsonArray? projects = null;
        if (flavor["os-flavor-access:is_public"]?.GetValueKind() == System.Text.Json.JsonValueKind.False)
        {
            try
            {
                var access = await compute.Get(path + "/os-flavor-access", cancellation);
                projects = JsonReading.Array(access.Items("flavor_access").Select(entry => entry.Text("tenant_id")!));
            }
            catch (ApiError error) when (error.Status is 403 or 404)
            {
                call.Terminal.Error.WriteLine($"Failed to get access projects list for flavor '{call[_flavor]}': {error.Message}");
            }
        }

        return FlavorFields.Show(flavor, projects);
    }
}
