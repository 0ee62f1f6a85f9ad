using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Identity.AccessRules;

sealed class AccessRuleDelete(Syntax syntax) : DeleteCommand(syntax, AccessRule.Of(null), "access rule")
{
    protected override async Task Delete(Call call, string name, CancellationToken cancellation)
    {
        var rules = await AccessRule.Own(call, cancellation);
        await call.Cloud.Identity.Delete($"{rules.Path}/{await call.Cloud.FindId(rules, name, cancellation)}", cancellation);
    }
}
