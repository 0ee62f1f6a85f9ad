using Cumulet.Cli.Commands;

namespace Cumulet.Cli.Identity.Tokens;

sealed class TokenRevoke(Syntax syntax) : ActionCommand(syntax)
{
    private readonly Argument<string> _token = syntax.Argument("<token>", "Token to be deleted");

    public override string Description => "Revoke existing token";

    protected override Task Act(Call call, CancellationToken cancellation) =>
        call.Cloud.Identity.Delete("/auth/tokens", cancellation, headers: [("X-Subject-Token", call[_token])]);
}
