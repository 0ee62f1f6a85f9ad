using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Identity.AccessRules;

/// <summary>Access rules belong to the user whose application credentials they narrow.</summary>
static class AccessRule
{
    /// <summary>Those of who asks.</summary>
    public static async Task<Resource> Own(Call call, CancellationToken cancellation) =>
        Of((await call.Cloud.Session(cancellation)).UserId);

    public static Resource Of(string? user) =>
        new(ServiceType.Identity, $"/users/{user}/access_rules", "access_rule", "access_rules", "accessrule");
}
