using System.CommandLine;

namespace Cumulet.Commands;

/// <summary>The commands that ask the daemon and print its answer: <c>status</c>, <c>audit</c>, <c>sagas</c>, <c>meters</c>.</summary>
internal static class AskCommand
{
    public static Command Status() => Create("status", "Show what runs.");

    public static Command Audit() => Create("audit",
        "Check that processes, files, networks and rows agree; exit code 0 only when they do.");

    public static Command Sagas() => Create("sagas", "List the long operations with their steps and undos.");

    public static Command Meters() => Create("meters", "Show what the metering labels have counted at each router.");

    private static Command Create(string name, string description)
    {
        var settings = new CloudSettings();
        var command = new Command(name, description) { settings.State };
        command.SetAction((parsed, cancel) => Failing.InOneLine(async () =>
        {
            using var control = new Control(Control.Required(settings.Folder(parsed)));
            var (status, text) = await control.Ask(HttpMethod.Get, "/" + name, cancel);
            Console.Write(text);
            return status < 300 ? 0 : 1;
        }));
        return command;
    }
}
