using System.CommandLine;

namespace Cumulet.Commands;

/// <summary><c>cumulet down</c>: stops the daemon. Guests go on and are taken back by the next <c>up</c>.</summary>
internal static class DownCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static Command Create()
    {
        var settings = new CloudSettings();
        var guests = new Option<bool>("--guests") { Description = "Shut the guests down first." };
        var command = new Command("down", "Stop the cloud; its guests go on running.") { settings.State, guests };
        command.SetAction((parsed, cancel) =>
            Failing.InOneLine(() => Run(settings.Folder(parsed), parsed.GetValue(guests), cancel)));
        return command;
    }

    public static async Task<int> Run(StateFolder folder, bool guests, CancellationToken cancel)
    {
        if (folder.Running() is not { } running)
        {
            Console.WriteLine($"No cloud runs in {folder.Path}.");
            return 0;
        }
        await Stop(folder, running, guests ? "/stop?guests=shutdown" : "/stop", cancel);
        Console.WriteLine(guests ? "The cloud and its guests are stopped." : "The cloud is stopped; its guests go on. `cumulet up` takes them back.");
        return 0;
    }

    /// <summary>Asks the daemon to stop in this way and waits for its end.</summary>
    public static async Task Stop(StateFolder folder, RunningDaemon running, string verb, CancellationToken cancel)
    {
        using var control = new Control(folder);
        var (status, text) = await control.Ask(HttpMethod.Post, verb, cancel);
        if (status >= 300) throw new CommandFailedException($"the cloud refused to stop: {text.Trim()}");
        try
        {
            await folder.Released().WaitAsync(Patience, cancel);
        }
        catch (TimeoutException)
        {
            throw new CommandFailedException($"process {running.Pid} has not ended within {Patience.TotalSeconds:0} s; its log: {folder.LogFile}");
        }
    }
}
