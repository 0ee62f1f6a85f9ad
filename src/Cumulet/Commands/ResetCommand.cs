using System.CommandLine;
using System.Diagnostics;
using Cumulet.ControlPlane.Store;

namespace Cumulet.Commands;

/// <summary><c>cumulet reset</c>: empties the cloud; endpoints and passwords stay, so that clients go on.</summary>
internal static class ResetCommand
{
    public static Command Create()
    {
        var settings = new CloudSettings();
        var command = new Command("reset", "Empty the cloud: every server, disk, network, user and image that was made goes.") { settings.State };
        command.SetAction((parsed, cancel) => Failing.InOneLine(() => Run(settings.Folder(parsed), cancel)));
        return command;
    }

    private static async Task<int> Run(StateFolder folder, CancellationToken cancel)
    {
        var running = Control.Required(folder).Running()!;
        var watch = Stopwatch.StartNew();
        await DownCommand.Stop(folder, running, "/stop?guests=kill", cancel);
        if (running.Arguments.SkipWhile(word => word != "--postgres").Skip(1).FirstOrDefault() is { } postgres)
            await Migrations.Empty((await File.ReadAllTextAsync(postgres, cancel)).Trim());
        foreach (var file in Directory.EnumerateFiles(folder.Path, "cumulet.db*")) File.Delete(file);
        // Put aside in one step each, however many files there are.
        var aside = Directory.CreateDirectory(Path.Combine(folder.Discarded, Guid.NewGuid().ToString())).FullName;
        foreach (var made in (string[])["disks", "staging", "vms"])
            if (Directory.Exists(Path.Combine(folder.Path, made))) Directory.Move(Path.Combine(folder.Path, made), Path.Combine(aside, made));
        var url = await UpCommand.Spawn(folder, running.Arguments, cancel);
        await UpCommand.FirstImage(folder, cancel);
        Console.WriteLine($"The cloud is empty again: {url} ({watch.Elapsed.TotalMilliseconds:0} ms)");
        return 0;
    }
}
