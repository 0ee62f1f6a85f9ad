using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Identity.Limits;

sealed class LimitSet(Syntax syntax) : ShowCommand(syntax)
{
    private readonly Argument<string> _id = syntax.Argument("<limit-id>", "Limit to update (ID)");
    private readonly Option<string?> _description = syntax.Value("--description", "<description>", "New description");
    private readonly Option<string?> _limit = syntax.Value("--resource-limit", "<resource-limit>", "How much the project may have now");

    public override string Description => "Update information about a limit";

    protected override async Task<Record?> Show(Call call, CancellationToken cancellation) =>
        await LimitFields.Set(call, Resources.Limit, call[_id],
            new JsonObject().With("description", call[_description]).With("resource_limit", call.Number(_limit)), cancellation);
}
