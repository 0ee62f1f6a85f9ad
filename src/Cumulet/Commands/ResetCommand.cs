using System.CommandLine;

namespace Cumulet.Commands;

/// <summary><c>cumulet reset</c>: empties the cloud; endpoints and passwords stay, so that clients go on.</summary>
internal static class ResetCommand
{
    public static Command Create()
    {
        var settings = new CloudSettings();
        var command = new Command("reset", "Empty the cloud: every server, disk, network, user and image that was made goes.") { settings.State };
        command.SetAction((parsed, cancel) => Failing.InOneLine(async () =>
        {
            using var control = new Control(Control.Required(settings.Folder(parsed)));
            var (status, text) = await control.Ask(HttpMethod.Post, "/reset", cancel);
            if (status >= 300) throw new CommandFailedException(text.Trim());
            Console.Write(text);
            return 0;
        }));
        return command;
    }
}
