using Cumulet.Cli.Commands;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Identity.ApplicationCredentials;

sealed class ApplicationCredentialShow(Syntax syntax) : ShowCommand(syntax)
{
    private readonly Argument<string> _credential = syntax.Argument("<application-credential>", "Application credential to display (name or ID)");

    public override string Description => "Display application credential details";

    protected override async Task<Record?> Show(Call call, CancellationToken cancellation) =>
        ApplicationCredentialFields.Show(await ApplicationCredentialFields.Find(call, call[_credential], cancellation));
}
