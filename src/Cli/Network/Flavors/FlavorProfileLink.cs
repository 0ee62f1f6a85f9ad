using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Network.Flavors;

/// <summary>Gives a flavor a service profile or takes it away: <c>network flavor add|remove profile</c>.</summary>
sealed class FlavorProfileLink(Syntax syntax, bool isAdd) : ActionCommand(syntax)
{
    private readonly Argument<string> _flavor = syntax.Argument("<flavor>", "Network flavor (name or ID)");
    private readonly Argument<string> _profile = syntax.Argument("<service-profile>", "Service profile (ID only)");

    public override string Description => isAdd
        ? "Add a service profile to a network flavor" : "Remove service profile from network flavor";

    protected override async Task Act(Call call, CancellationToken cancellation)
    {
        var flavor = await call.Cloud.FindId(Resources.NetworkFlavor, call[_flavor], cancellation);
        var profile = await call.Cloud.FindId(Resources.ServiceProfile, call[_profile], cancellation);
        var path = $"/flavors/{flavor}/service_profiles";
        var body = new JsonObject { ["service_profile"] = new JsonObject { ["id"] = profile } };
        await (isAdd ? call.Cloud.Network.Post(path, body, cancellation) : call.Cloud.Network.Delete($"{path}/{profile}", cancellation));
    }
}
