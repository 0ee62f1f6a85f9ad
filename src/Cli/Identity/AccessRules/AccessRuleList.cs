using Cumulet.Cli.Commands;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Identity.AccessRules;

sealed class AccessRuleList(Syntax syntax) : ListCommand(syntax)
{
    private readonly UserOption _user = new(syntax, "User whose access rules are listed (name or ID) (default: you)");

    public override string Description => "List access rules";

    protected override async Task<Table> List(Call call, CancellationToken cancellation)
    {
        var rules = await _user.Id(call, cancellation) is { } user ? AccessRule.Of(user) : await AccessRule.Own(call, cancellation);
        return Table.Of(await call.Cloud.Identity.List(rules.Path, rules.Plural, cancellation),
            Columns.Headed("ID", "Service", "Method", "Path"));
    }
}
