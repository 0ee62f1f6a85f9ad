using Cumulet.Cli.Commands;

namespace Cumulet.Cli.Identity.Users;

/// <summary>Asks for a new password twice.</summary>
static class UserPassword
{
    public static string AskTwice(Call call)
    {
        var first = call.Terminal.AskSecret("User Password:") ?? throw new CommandError("There is no terminal to ask for a password");
        return first == call.Terminal.AskSecret("Repeat User Password:") ? first
            : throw new CommandError("The passwords entered were not the same");
    }
}
