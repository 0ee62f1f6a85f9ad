using Cumulet.Cli.Identity.Tokens;

namespace Cumulet.Cli.Commands;

static partial class CommandTable
{
    private static readonly CommandEntry[] Identity =
    [
        new("token issue", syntax => new TokenIssue(syntax)),
    ];
}
