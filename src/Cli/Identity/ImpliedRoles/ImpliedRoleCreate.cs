using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Identity.ImpliedRoles;

sealed class ImpliedRoleCreate(Syntax syntax) : ShowCommand(syntax)
{
    private readonly ImpliedRole _rule = new(syntax);

    public override string Description => "Creates an association between prior and implied roles";

    protected override async Task<Record?> Show(Call call, CancellationToken cancellation)
    {
        var answer = await call.Cloud.Identity.Put(await _rule.Path(call, cancellation), null, cancellation);
        return Record.Sorted(answer["role_inference"]!.AsObject().Where(pair => pair.Key != "links")
            .Select(pair => (pair.Key, Cell.Plain(pair.Value.Field("id").Copy()))));
    }
}
